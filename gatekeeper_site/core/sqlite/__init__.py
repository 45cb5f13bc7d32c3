"""Django's SQLite, whose files their owner alone may read (the setting DATABASES' ENGINE)."""
