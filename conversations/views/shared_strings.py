"""The words that the scripts of both screens show; scripts hold none of their own."""

from django.utils.translation import gettext as _


def shared_strings():
    """Stands under `shared` in the page's `<script id="strings">`. `%n` is a number, `%s` a name."""
    return {
        "just_now": _("刚刚"),
        "minutes_ago": _("%n 分钟前"),
        "today": _("今天"),
        "yesterday": _("昨天"),
        "new_below": _("%n 条新消息"),
        "to_newest": _("回到最新"),
        "copied": _("已复制"),
        "copy_failed": _("请长按选择后复制"),
        "draft_other": _("另一份草稿：%s"),
        "draft_here_only": _("草稿暂时只保存在这台设备上"),
        "offline": _("网络恢复后自动发送"),
        "unreachable": _("暂时连不上，连上后自动发送"),
        "too_fast": _("发送太快了，%n 秒后自动重试"),
        "busy": _("系统正忙，%n 秒后自动重试"),
        "uploading": _("正在上传 %n%"),
        "stale": _("这是一天前写的，还没有发出。要现在发送吗"),
        "bare": _("有 %n 个文件没能存在这台设备上，请重新选择"),
        "unkept_shut": _("这台设备存不下，发出前请不要关闭此页"),
        "unkept_full": _("这台设备的空间不够，发出前请不要关闭此页"),
        "unkept_files": _("这台设备存不下文件，只存了文字，发出前请不要关闭此页"),
        "discarded": _("已删除，没有发出"),
        "not_sent": _("没有发出：%s"),
        "refused": _("服务器没有接受这条消息"),
        "too_large": _("“%s” 超过 %n MB。可以压缩后再发"),
        "too_large_sent": _("文件太大了。可以压缩后再发"),
        "too_many": _("一次最多 %n 个文件"),
        "empty_file": _("“%s” 是空文件"),
        "wrong_kind": _("“%s” 这种文件发不了。可以压缩成 zip 后再发"),
        "folder": _("“%s” 是文件夹。请压缩成 zip 后再发"),
        "unreadable": _("这张图片在这里打不开，不能标注，可以直接发送"),
        "not_burnt": _("这台设备存不下标注后的图片，请先裁小一些"),
        "paste_shot": _("请用系统或企业微信的截屏，再粘贴到这里"),
        "own_page": _("这里只能截到服务台自己的页面。要截别的窗口，请用系统或企业微信的截屏，再粘贴到消息里"),
        "too_long": _("文字有 %n 字，超过上限。请存成文件后用“＋”附上"),
        "signing_in": _("登录已过期，正在重新登录，内容不会丢"),
        "offline_now": _("现在没有网络，连上后再试一次"),
        "role_lost": _("您现在不能使用这个页面了"),
        "polling": _("实时连接不通，每几秒自动查看新消息"),
        "typing": _("%s 正在输入…"),
        "reconnecting": _("网络不稳，正在重新连接"),
    }
