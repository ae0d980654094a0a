"""The cast: the same people in every test. `lina` is always the stranger who must not see zhangwei's things."""

import hypothesis
import pytest

from accounts import roles
from accounts.models import User

# Every run tries the same examples; `--hypothesis-profile=deep` tries others each time, and says how to repeat them.
hypothesis.settings.register_profile("quick", derandomize=True, deadline=None)
hypothesis.settings.register_profile("deep", deadline=None, print_blob=True)
hypothesis.settings.load_profile("quick")


def person(userid, name, department, *codes):
    """A WeCom member of the test company who holds these roles."""
    roles.init_roles()
    user = User.objects.create(corp_id="ww-demo", userid=userid, name=name, department=department)
    for code in codes:
        roles.grant(user, code, channel="command")
    return user


@pytest.fixture
def zhangwei(db):
    return person("zhangwei", "张伟", "财务部", "user")


@pytest.fixture
def lina(db):
    return person("lina", "李娜", "市场部", "user")


@pytest.fixture
def wangqiang(db):
    return person("wangqiang", "王强", "信息技术部", "user", "agent")


@pytest.fixture
def liyang(db):
    return person("liyang", "李洋", "信息技术部", "user", "agent")


@pytest.fixture
def zhaomin(db):
    return person("zhaomin", "赵敏", "信息技术部", "user", "agent", "admin")
