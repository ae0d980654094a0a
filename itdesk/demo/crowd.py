"""Years of a desk's life, invented from a seed: for measuring, never for people. `manage.py seed_messages` tells it."""

import itertools
import random
import uuid
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Role, RoleGrant, User
from accounts.roles import init_roles
from conversations.models import Conversation, Message, ReadMark
from conversations.states import Status

AGENTS = 30
REQUESTS_EACH = 10  # of one employee, on average
LONGEST = 5000  # messages of one conversation
NOTE_SHARE, QUEUED_SHARE, ASSIGNED_SHARE, UNREAD_SHARE = 0.06, 0.02, 0.03, 0.2
YEARS = timedelta(days=730)
OPEN_NEWEST = 80  # of the newest conversations all are open, so that a list is full at any size; older ones rarely
AT_ONCE = 500  # conversations of one transaction

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰建国文博思雨欣怡子轩浩然"
DEPARTMENTS = ("财务部", "市场部", "人力资源部", "研发中心", "生产部", "销售一部", "法务部", "采购部")
THINGS = (
    "打印机",
    "公司邮箱",
    "VPN",
    "笔记本",
    "会议室投影",
    "共享盘",
    "考勤系统",
    "报销系统",
    "无线网络",
    "显示器",
    "企业微信",
    "门禁卡",
)
FAULTS = (
    "连不上了",
    "一直转圈",
    "提示没有权限",
    "密码过期了",
    "突然变得很慢",
    "从早上开始就打不开",
    "弹出错误 0x80070035",
    "没有声音",
    "闪退",
)
DETAILS = (
    "重启过还是一样。",
    "同事那边是好的。",
    "下午三点要开会，比较急。",
    "昨天更新之后就这样。",
    "我在十二楼东区。",
    "换了网线也不行。",
    "",
)
ANSWERS = (
    "您好，我看一下。",
    "请把报错的截图发给我。",
    "麻烦您重新登录试试。",
    "权限已经开通，十分钟后生效。",
    "我远程连过去处理，方便吗？",
    "这是已知问题，今晚统一修复。",
)
REPLIES = (
    "好的，稍等。",
    "可以了，谢谢！",
    "还是不行。",
    "截图在路上。",
    "方便的。",
    "嗯，现在好了。",
    "请问大概要多久？",
)
NOTES = ("用户的机器过保，走采购流程。", "上个月同样问题出现过两次。", "已和网络组确认，是交换机端口。")


class Crowd:
    """`conversations` conversations with `messages` messages in all; the same `seed` makes the same ones."""

    def __init__(self, *, conversations, messages, seed, now=None):
        self.dice = random.Random(seed)  # noqa: S311 — invented words, no secrets
        self.sizes = shares(self.dice, conversations, messages)
        self.step = YEARS / conversations
        self.begin = (now or timezone.now()) - YEARS
        self.mark = f"s{seed}"

    def move_in(self, progress=lambda done: None):
        """Store everybody and everything. → the number of messages"""
        self.agents = self._people("agent", AGENTS, [Role.USER, Role.AGENT])
        self.employees = self._people("employee", max(1, len(self.sizes) // REQUESTS_EACH), [Role.USER])
        numbered, done = enumerate(self.sizes), 0
        while chunk := list(itertools.islice(numbered, AT_ONCE)):
            done += self._store([self._conversation(number, size) for number, size in chunk])
            progress(done)
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")  # its autovacuum comes by a minute later
        return done

    def _people(self, kind, count, codes):
        init_roles()
        roles = Role.objects.in_bulk(field_name="code")
        rows = []
        for number in range(count):
            userid = f"{self.mark}-{kind}-{number}"
            name = self.dice.choice(SURNAMES) + "".join(self.dice.choices(GIVEN, k=self.dice.randint(1, 2)))
            rows.append(
                User(
                    corp_id=settings.WECOM_CORP_ID,
                    userid=userid,
                    userid_key=userid,
                    username=f"{userid}@{settings.WECOM_CORP_ID}",
                    name=name,
                    department=self.dice.choice(DEPARTMENTS),
                )
            )
        with transaction.atomic():
            rows = User.objects.bulk_create(rows)
            RoleGrant.objects.bulk_create(RoleGrant(user=row, role=roles[code]) for row in rows for code in codes)
        return rows

    def _conversation(self, number, size):
        dice = self.dice
        opened = self.begin + self.step * number
        conversation = Conversation(
            id=self._uuid(),
            employee=self.employees[int(dice.paretovariate(1.2)) * 7919 % len(self.employees)],
            assigned_agent=dice.choice(self.agents),
            subject=self._question()[:80],
            created_at=opened,
        )
        lines, at = [], opened
        for seq in range(1, size + 1):
            at += timedelta(seconds=dice.randint(5, 90))
            lines.append(self._line(conversation, seq, at))
        self._end(conversation, at, newest=number >= len(self.sizes) - min(OPEN_NEWEST, len(self.sizes) // 2))
        return conversation, lines

    def _line(self, conversation, seq, at):
        dice, sender = self.dice, Message.SenderType
        by_employee = seq == 1 or dice.random() < 0.5
        internal = not by_employee and dice.random() < NOTE_SHARE
        words = (
            self._question() if seq == 1 else dice.choice(REPLIES if by_employee else NOTES if internal else ANSWERS)
        )
        author = conversation.employee if by_employee else conversation.assigned_agent
        conversation.version += not internal
        line = Message(
            id=self._uuid(),
            client_id=self._uuid(),
            conversation=conversation,
            seq=seq,
            prev_public_seq=conversation.last_public_seq,
            version=conversation.version,
            author=author,
            sender_type=sender.EMPLOYEE if by_employee else sender.AGENT,
            sender_name=author.name,
            content=words,
            internal=internal,
            created_at=at,
        )
        conversation.last_seq = seq
        if not internal:
            conversation.last_public_seq, conversation.last_line, conversation.last_message_at = seq, words[:120], at
        return line

    def _end(self, conversation, at, *, newest):
        chance = self.dice.random() * (QUEUED_SHARE + ASSIGNED_SHARE if newest else 1)
        conversation.status, since = Status.RESOLVED, None
        if chance < QUEUED_SHARE:
            conversation.status, conversation.assigned_agent, since = Status.QUEUED, None, at
        elif chance < QUEUED_SHARE + ASSIGNED_SHARE:
            conversation.status, since = Status.ASSIGNED, at if self.dice.random() < 0.5 else None
        else:
            conversation.resolved_at = at
        conversation.waits(since)

    def _question(self):
        dice = self.dice
        return f"{dice.choice(THINGS)}{dice.choice(FAULTS)}，{dice.choice(DETAILS)}".rstrip("，")

    def _store(self, told):
        conversations = [conversation for conversation, _ in told]
        lines = [line for _, lines in told for line in lines]
        marks = [
            ReadMark(conversation=each, user=reader, read_seq=each.last_seq, read_at=each.last_message_at)
            for each in conversations
            for reader in (each.employee, each.assigned_agent)
            if reader is not None and self.dice.random() > UNREAD_SHARE
        ]
        with transaction.atomic():
            Conversation.objects.bulk_create(conversations)
            Message.objects.bulk_create(lines, batch_size=2000)
            ReadMark.objects.bulk_create(marks)
        return len(lines)

    def _uuid(self):
        return uuid.UUID(int=self.dice.getrandbits(128), version=4)


def shares(dice, parts, whole):
    """`whole` cut into `parts` of at least 1 and at most LONGEST: most are short, a few are very long."""
    weights = [dice.paretovariate(1.1) for _ in range(parts)]
    scale = (whole - parts) / sum(weights)
    sizes = [min(LONGEST, 1 + int(weight * scale)) for weight in weights]
    missing = whole - sum(sizes)
    for number in itertools.cycle(range(parts)):
        if missing <= 0:
            return sizes
        more = min(missing, LONGEST - sizes[number], 1 + missing // parts)
        sizes[number] += more
        missing -= more
    return sizes
