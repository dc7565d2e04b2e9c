"""Words of the domain: inputs, events, keys, errors, actors. Imports nothing of ours."""
