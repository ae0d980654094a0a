"""What the phones can send without asking the person at the screen to type it."""

from django.utils.translation import gettext_lazy as _

PLACES = [
    {"label": _("演示公司 3 号楼 5 层"), "latitude": 31.230416, "longitude": 121.473701},
    {"label": _("仓库北门"), "latitude": 31.298974, "longitude": 121.530762},
    {"label": _("家里"), "latitude": 31.193222, "longitude": 121.436525},
]
LINKS = [
    {"title": _("报错页面"), "description": _("打开报销系统时出现"), "url": "https://intranet.example/error/504"},
    {"title": _("打印机说明书"), "description": "PDF", "url": "https://intranet.example/printer/manual"},
]
