"""Makes the stories of the demo company out of the situations: who, when, in which words. The same for the same `now`."""

from random import Random

from .pace import past_start
from .script import situations
from .telling import Telling

SEED = "itdesk demo"


def stories(company, now):
    """Every story; those that are open now come last. `company` is the loader's `Company`."""
    written = situations()
    # A fixed text as the seed: the same people meet the same problems on every machine.
    dice = Random(SEED)  # noqa: S311
    past = [(each, number) for each in written if each.minutes_ago is None for number in range(len(each.openings))]
    dice.shuffle(past)
    casting = _Casting(company.employees, dice)
    made = []
    for place, (situation, number) in enumerate(past):
        telling = Telling(company, situation, number, casting.employee(situation), dice)
        made.append(telling.past(past_start(dice, place / max(1, len(past) - 1), now), now))
    for situation in written:
        if situation.minutes_ago is not None:
            employee = company.by_userid[situation.employee]
            made.append(Telling(company, situation, 0, employee, dice).present(now))
    return made


class _Casting:
    """Gives each request to somebody: all employees in turn, never the same situation twice to one person."""

    def __init__(self, everybody, dice):
        self.everybody, self.dice, self.bag, self.had = everybody, dice, [], set()

    def employee(self, situation):
        for _ in range(3):
            fitting = next((person for person in self.bag if self._fits(person, situation)), None)
            if fitting:
                self.bag.remove(fitting)
                self.had.add((fitting.pk, situation.key))
                return fitting
            self.bag += self.dice.sample(self.everybody, len(self.everybody))
        raise ValueError(f"{situation.key}: more openings than people")

    def _fits(self, person, situation):
        here = not situation.departments or person.department.partition("（")[0] in situation.departments
        return here and (person.pk, situation.key) not in self.had
