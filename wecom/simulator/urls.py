from django.urls import path

from . import sign_in, views
from .api import access, media, messages, people

app_name = "simulator"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("log", views.log, name="log"),
    path("faults", views.faults, name="faults"),
    path("authorize", sign_in.authorize, name="authorize"),
    path("phone/<str:userid>/", views.phone, name="phone"),
    path("phone/<str:userid>/chat", views.chat, name="chat"),
    path("phone/<str:userid>/open", sign_in.hold, name="hold"),
    path("cgi-bin/gettoken", access.gettoken, name="gettoken"),
    path("cgi-bin/get_jsapi_ticket", access.jsapi_ticket, name="jsapi_ticket"),
    path("cgi-bin/ticket/get", access.agent_ticket, name="agent_ticket"),
    path("cgi-bin/getcallbackip", access.callback_ip, name="callback_ip"),
    path("cgi-bin/get_api_domain_ip", access.api_domain_ip, name="api_domain_ip"),
    path("cgi-bin/auth/getuserinfo", people.getuserinfo, name="getuserinfo"),
    path("cgi-bin/user/get", people.user_get, name="user_get"),
    path("cgi-bin/user/simplelist", people.user_simplelist, name="user_simplelist"),
    path("cgi-bin/user/list", people.user_list, name="user_list"),
    path("cgi-bin/department/get", people.department_get, name="department_get"),
    path("cgi-bin/department/list", people.department_list, name="department_list"),
    path("cgi-bin/department/simplelist", people.department_simplelist, name="department_simplelist"),
    path("cgi-bin/message/send", messages.send, name="message_send"),
    path("cgi-bin/message/recall", messages.recall, name="message_recall"),
    path("cgi-bin/message/update_template_card", messages.update_template_card, name="update_template_card"),
    path("cgi-bin/media/upload", media.upload, name="media_upload"),
    path("cgi-bin/media/get", media.get, name="media_get"),
]
