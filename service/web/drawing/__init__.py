"""Diagrams as SVG, from the diagram interchange of the BPMN file."""
