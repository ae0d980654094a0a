"""What a new desk starts with: a greeting, categories and canned replies. Administrators change all of it."""

from django.db import transaction

from .models import CannedReply, Category, DeskWords

GREETING = (
    "您好，把遇到的问题直接发在这里就行，IT 同事会在这个对话里处理；"
    "工作日 9:00–18:00 有人在线，其他时间的留言下一个工作日回复。"
)
GREETING_EN = (
    "Hello, just write here what is wrong and someone from IT will take it from there; people are online "
    "9:00–18:00 on working days, and messages left at other times are answered the next working day."
)

CATEGORIES = (
    ("vpn", "VPN与网络"),
    ("account", "账号与密码"),
    ("mail", "邮箱"),
    ("printer", "打印机"),
    ("computer", "电脑故障"),
    ("software", "软件申请"),
    ("meeting", "会议室设备"),
    ("mobile", "手机与企业微信"),
    ("access", "权限申请"),
    ("other", "其他"),
)

CANNED_REPLIES = (
    ("hello", "开场", "您好，我来帮您处理。麻烦先说一下是什么时候开始的，之前能不能正常用？"),
    ("screenshot", "要截图", "麻烦把报错的画面截一张图发过来，最好能看到完整的提示文字和右下角的时间。"),
    ("asset", "问电脑编号", "麻烦看一下电脑底部或侧面的资产标签，把编号发给我，我好查到是哪一台。"),
    (
        "restart",
        "先重启",
        "请先保存手头的文件，然后从“开始”菜单选“重启”（不要选“关机”），开机后再试一次，结果告诉我一声。",
    ),
    (
        "remote",
        "请求远程",
        "我需要远程看一下您的电脑。请打开桌面上的“远程协助”，把本机识别码发给我；"
        "连上以后您能看到我的每一步操作，随时可以断开。",
    ),
    (
        "password",
        "自助改密码",
        "密码可以自己重置：企业微信 → 工作台 → 账号自助 → 重置密码，按提示完成扫码验证。"
        "新密码至少 12 位，不能和最近 5 次相同。改完请把电脑锁屏再解锁一次。",
    ),
    (
        "vpn",
        "VPN 三步排查",
        "请按顺序试一下：\n1. 完全退出 VPN 客户端再打开；\n2. 换成手机热点连一次；\n"
        "3. 还是不行的话，把客户端里“日志”最后几行发给我。",
    ),
    (
        "printer",
        "打印机排查",
        "请先看打印机面板有没有报错或缺纸，然后在“设置 → 打印机”里删掉这台打印机，"
        "再从工作台的“打印机安装”里重新添加一次。",
    ),
    (
        "network",
        "收集网络信息",
        "麻烦按 Win+R，输入 cmd 回车，运行下面两行，把结果复制给我：\n```\nipconfig /all\nping -n 10 10.1.0.1\n```",
    ),
    (
        "mailbox",
        "清理邮箱",
        "邮箱空间快满时，先清空“已删除邮件”和“垃圾邮件”，再按大小排序，把带大附件的旧邮件存到共享盘后删除。"
        "大附件以后建议用微盘链接发送。",
    ),
    (
        "approval",
        "需要审批",
        "这项权限需要直属主管审批：企业微信 → 工作台 → 审批 → IT 权限申请。审批通过后我们 2 小时内开通，到时在这里告诉您。",
    ),
    (
        "phishing",
        "可疑邮件",
        "这封很可能是钓鱼邮件，请不要点链接，也不要打开附件。如果已经输入过密码，请马上改密码，并告诉我是几点操作的。",
    ),
    ("onsite", "上门", "远程不好判断，我过去看一下。请问您的工位在几楼、什么位置？大约 15 分钟到。"),
    ("waiting", "需要时间", "这个问题要和厂家一起查，我今天下班前在这里给您一个进展，不用一直等着。"),
    ("closing", "结束", "那我先把这个请求标记为已解决。如果又出现，直接在这里回复就会重新打开，不用再描述一遍。"),
)


def init_desk():
    """Fill a desk that was never filled. Returns whether it did.

    The row of the desk's words, which nobody can delete, is the memory of it: what an administrator changed or deleted
    later stays so. All in one transaction, so a crash leaves either everything or nothing.
    """
    with transaction.atomic():
        _, first_time = DeskWords.objects.get_or_create(
            pk=1, defaults={"greeting": GREETING, "greeting_en": GREETING_EN}
        )
        if first_time:
            _fill(Category, [{"code": code, "name": name} for code, name in CATEGORIES], "code")
            replies = [{"shortcut": key, "title": title, "content": text} for key, title, text in CANNED_REPLIES]
            _fill(CannedReply, replies, "shortcut")
    return first_time


def _fill(model, rows, key):
    # An administrator may have begun before us, by hand: their row of the same name wins.
    taken = set(model.objects.values_list(key, flat=True))
    model.objects.bulk_create(
        model(**row, position=10 * number) for number, row in enumerate(rows, start=1) if row[key] not in taken
    )
