"""Administration: people, units and posts; sessions; what administrators have done."""

from service.web.admin import guard, people, people_import, register, rights
from service.web.admin.common import blueprint

__all__ = ["blueprint", "guard", "people", "people_import", "register", "rights"]
