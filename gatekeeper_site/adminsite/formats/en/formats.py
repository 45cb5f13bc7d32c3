"""How pages for people print times (FORMAT_MODULE_PATH): in UTC, to compare with logs."""

DATETIME_FORMAT = "Y-m-d H:i:s"
