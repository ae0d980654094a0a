"""The demo company as WeCom's directory knows it: one dict a member.

`visible`: whether the member stands in the app's visible range; the simulator answers for the others as WeCom does.
"""

FINANCE, MARKETING, SALES, IT, PEOPLE = "财务部", "市场部", "销售部", "信息技术部", "人力资源部"


def _member(userid, name, department, position, visible=True):
    return {"userid": userid, "name": name, "department": department, "position": position, "visible": visible}


MEMBERS = [
    _member("zhangwei", "张伟", FINANCE, "会计"),
    _member("lina", "李娜", MARKETING, "市场专员"),
    _member("chenjie", "陈杰", SALES, "销售代表"),
    _member("wangqiang", "王强", IT, "桌面支持工程师"),
    _member("liyang", "李洋", IT, "网络工程师"),
    _member("zhaomin", "赵敏", IT, "信息技术经理"),
    _member("sunlei", "孙磊", PEOPLE, "外包顾问", visible=False),
]
