"""What holds for every page of the site."""

from django.contrib import admin

# What may be deleted at all is deleted one by one: each is checked by its service.
admin.site.disable_action("delete_selected")
