from django.urls import path

from . import api, sign_in, views

app_name = "simulator"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("log", views.log, name="log"),
    path("faults", views.faults, name="faults"),
    path("authorize", sign_in.authorize, name="authorize"),
    path("phone/<str:userid>/", views.phone, name="phone"),
    path("phone/<str:userid>/chat", views.chat, name="chat"),
    path("phone/<str:userid>/open", sign_in.hold, name="hold"),
    path("cgi-bin/gettoken", api.gettoken, name="gettoken"),
    path("cgi-bin/auth/getuserinfo", api.getuserinfo, name="getuserinfo"),
    path("cgi-bin/user/get", api.user_get, name="user_get"),
    path("cgi-bin/department/get", api.department_get, name="department_get"),
    path("cgi-bin/message/send", api.message_send, name="message_send"),
]
