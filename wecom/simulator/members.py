"""The demo company as WeCom's directory knows it: one dict a member.

`visible`: whether the member stands in the app's visible range; the simulator answers for the others as WeCom does.
"""

FINANCE, MARKETING, PEOPLE, IT = "财务部", "市场部", "人力资源部", "信息技术部"
SALES_EAST, SALES_SOUTH, PURCHASING, LEGAL = "销售部（华东）", "销售部（华南）", "采购部", "法务部"
RESEARCH_1, RESEARCH_2, PRODUCTION, QUALITY = "研发一部", "研发二部", "生产部", "质量部"
ADMINISTRATION, STORES, BOARD = "行政部", "仓储物流部", "总经办"
# Departments that hold departments and nobody else.
GROUPS = {"销售中心": (SALES_EAST, SALES_SOUTH), "研发中心": (RESEARCH_1, RESEARCH_2)}


def _member(userid, name, department, position, visible=True):
    return {"userid": userid, "name": name, "department": department, "position": position, "visible": visible}


MEMBERS = [
    _member("zhangwei", "张伟", FINANCE, "会计"),
    _member("lina", "李娜", MARKETING, "市场专员"),
    _member("chenjie", "陈杰", SALES_EAST, "销售代表"),
    _member("wangqiang", "王强", IT, "桌面支持工程师"),
    _member("liyang", "李洋", IT, "网络工程师"),
    _member("zhaomin", "赵敏", IT, "信息技术经理"),
    _member("sunlei", "孙磊", PEOPLE, "外包顾问", visible=False),
    _member("heyu", "何宇", IT, "网络工程师"),
    _member("tangjing", "唐静", IT, "桌面支持工程师"),
    _member("maxiaofeng", "马晓峰", IT, "桌面支持工程师"),
    _member("fanglei", "方蕾", IT, "应用系统工程师"),
    _member("guoyan", "郭岩", IT, "应用系统工程师"),
    _member("qinfeng", "秦峰", IT, "系统管理员"),
    _member("liuyan", "刘燕", FINANCE, "财务经理"),
    _member("hanmeiling", "韩美玲", FINANCE, "出纳"),
    _member("xuchao", "徐超", MARKETING, "品牌经理"),
    _member("dingyi", "丁怡", MARKETING, "活动策划"),
    _member("zhouting", "周婷", SALES_EAST, "区域经理"),
    _member("wuhao", "吴昊", SALES_EAST, "销售代表"),
    _member("huangjianguo", "黄建国", SALES_SOUTH, "区域经理"),
    _member("linxiaomei", "林晓梅", SALES_SOUTH, "销售助理"),
    _member("yangfan", "杨帆", PEOPLE, "招聘专员"),
    _member("gaoxia", "高霞", PEOPLE, "薪酬主管"),
    _member("zhengkai", "郑凯", RESEARCH_1, "结构工程师"),
    _member("luoyun", "罗芸", RESEARCH_1, "硬件工程师"),
    _member("xiepeng", "谢鹏", RESEARCH_1, "嵌入式工程师"),
    _member("dengbo", "邓波", RESEARCH_2, "后端工程师"),
    _member("caiwenjing", "蔡文静", RESEARCH_2, "测试工程师"),
    _member("panlong", "潘龙", RESEARCH_2, "前端工程师"),
    _member("fengzhigang", "冯志刚", PRODUCTION, "车间主任"),
    _member("yaoqin", "姚琴", PRODUCTION, "计划员"),
    _member("jiangdawei", "蒋大伟", PRODUCTION, "班组长"),
    _member("shenlan", "沈兰", QUALITY, "质量工程师"),
    _member("luwei", "陆伟", QUALITY, "检验员"),
    _member("weifang", "魏芳", PURCHASING, "采购专员"),
    _member("pengcheng", "彭程", PURCHASING, "采购经理"),
    _member("suxin", "苏昕", LEGAL, "法务专员"),
    _member("yujie", "余洁", ADMINISTRATION, "行政专员"),
    _member("chengang", "陈刚", ADMINISTRATION, "行政主管"),
    _member("baijie", "白洁", STORES, "仓库主管"),
    _member("qianhua", "钱华", BOARD, "总经理助理"),
]
