"""What `manage.py purge` forgets of the queue."""

from datetime import datetime

from django.db.models import QuerySet
from django_q.models import Task


def old_failed_tasks(before: datetime) -> QuerySet[Task]:
    """Return what django-q has kept of tasks that failed before a moment."""
    failed: QuerySet[Task] = Task.objects.filter(stopped__lt=before).order_by("stopped", "id")
    return failed
