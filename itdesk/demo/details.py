"""The small facts that make two conversations about one thing different: rooms, numbers, machines."""

FLOORS = {
    "财务部": 5, "市场部": 6, "人力资源部": 5, "研发一部": 3, "研发二部": 4, "生产部": 1, "质量部": 2, "采购部": 2,
    "法务部": 6, "行政部": 1, "信息技术部": 4, "总经办": 7, "仓储物流部": 1, "销售部（华东）": 6, "销售部（华南）": 6,
}  # fmt: skip
ROOMS = ["黄山厅", "泰山厅", "庐山厅", "峨眉厅", "雁荡厅", "天目厅", "大会议室", "3 楼小会议室", "7 楼接待室"]
PHONES = ["华为 Mate 60", "iPhone 13", "小米 14", "荣耀 Magic5", "OPPO Reno11", "iPhone 15", "vivo X100"]
CUSTOMERS = ["苏州的客户", "宁波的供应商", "佛山的客户", "重庆的代理商", "合肥的工厂", "青岛的客户", "厦门的货代"]
SURNAMES = "周吴郑冯陈褚卫蒋沈韩杨朱秦尤许何吕施孔曹严华金魏陶姜"
GIVEN = ["敏", "佳怡", "子轩", "建华", "晓东", "雨桐", "文博", "丽华", "志远", "思雨", "海涛", "嘉欣"]


def details(dice, employee):
    """The blanks of one conversation, as `str.format` takes them, but for the clock; `dice` is its own seeded Random."""
    floor = FLOORS.get(employee.department, 4)
    return {
        "floor": floor,
        "printer": f"{floor}F-MFP-{dice.randint(1, 3):02}",
        "asset": f"CX-PC-{dice.randint(187, 968):04}",
        "ip": f"10.{floor}.{dice.randint(10, 40)}.{dice.randint(11, 240)}",
        "port": f"{floor}{dice.choice('ABCD')}-{dice.randint(3, 58):02}",
        "room": dice.choice(ROOMS),
        "phone": dice.choice(PHONES),
        "customer": dice.choice(CUSTOMERS),
        "colleague": dice.choice(SURNAMES) + dice.choice(GIVEN),
        "userid": employee.userid,
        "name": employee.name,
        "department": employee.department.partition("（")[0],
        "minutes": dice.choice([5, 8, 10, 15, 20]),
        "few": dice.randint(2, 6),
        "percent": dice.randint(91, 99),
        "gb": dice.randint(3, 18),
        "number": dice.randint(1024, 9860),
    }
