"""The project's bundle, compiled before processes that act at once are copied from the one that imports this.

Each of them would compile it by itself otherwise; another bundle, of a draft, each still does.
"""

from service.config import project_root
from service.engine import compile_bundle
from service.model.bundle import read_bundle

compile_bundle(read_bundle(project_root()))
