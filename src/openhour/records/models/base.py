"""What every chart row has: an id that tells nothing, and the time it was made."""

from __future__ import annotations

import uuid

from django.db import models


class Row(models.Model):
    """id: random, safe in an address. made_at: when the row was written, from the verb's clock."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    made_at = models.DateTimeField()

    class Meta:
        abstract = True
