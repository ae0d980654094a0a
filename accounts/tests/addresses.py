"""Three addresses for the tests of doors and limits, with nothing behind them."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.urls import path

from accounts.doors import role_required
from accounts.limits import limited


@limited("send", "RATE_SEND")
def send(request):
    return HttpResponse("sent", status=201)


@login_not_required
@limited("login", "RATE_LOGIN")
def knock(request):
    return HttpResponse("come in")


@role_required("agent")
def workshop(request):
    return HttpResponse("welcome")


urlpatterns = [path("send", send), path("knock", knock), path("workshop", workshop)]
