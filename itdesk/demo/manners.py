"""How different people say the same small things: greeting, thanking, handing over, closing."""

GREETINGS = ["您好，", "您好，", "您好，我是{group}{agent}，", "{name}您好，", "在的，", "收到，"]
THANKS = ["，谢谢", "，谢谢您", "，辛苦了", "，多谢", "，麻烦您了", ""]
HAND_OVERS = [
    "您好，这个由{group}的同事处理更快，我转过去",
    "您好，看描述应该是{group}负责的，我帮您转给同事，稍等",
    "收到，我先转给{group}，他们马上联系您",
]
HAND_OVER_NOTES = ["我这边没有权限，麻烦{group}看一下。", "看了一下不在我们组的范围，转{group}。", ""]
FAREWELLS = [
    "不客气，有问题随时在这里说",
    "好的，那我先标记为已解决，再出现直接在这里回复就行",
    "不客气",
    "好的，您先用着，有情况再联系我",
    "好，那这个我就关掉了",
    "应该的，祝您工作顺利",
]


def greeted(words, dice, **blanks):
    """The agent's first words with a greeting of their own."""
    if not words.startswith("您好，"):
        return words
    return dice.choice(GREETINGS).format(**blanks) + words.removeprefix("您好，")


def thanked(words, dice):
    """The employee's words with thanks of their own."""
    return words.removesuffix("，谢谢") + dice.choice(THANKS) if words.endswith("，谢谢") else words
