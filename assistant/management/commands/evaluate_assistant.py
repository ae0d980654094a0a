from django.core.management.base import BaseCommand

from assistant.evaluation import evaluate


class Command(BaseCommand):
    help = (
        "Ask the assistant without a model the questions of assistant/evaluation.txt, over the articles of this desk."
    )

    def add_arguments(self, parser):
        parser.add_argument("--missed", action="store_true", help="name every question that went wrong")

    def handle(self, *, missed, **options):
        found = evaluate()
        for name, part, whole in (
            ("right article first", found.first, found.known),
            ("right article among three", found.among_three, found.known),
            ("answered with the right article", found.answered_right, found.known),
            ("answered with another article", found.answered_wrong, found.known),
            ("known and refused", found.refused, found.known),
            ("unknown and refused", found.refused_right, found.unknown),
        ):
            self.stdout.write(f"{name:34}{part:5} of {whole}  {part / max(1, whole):7.1%}")
        if missed:
            self.stdout.write("\n".join(found.missed))
