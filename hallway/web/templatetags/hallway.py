"""Template tags and filters of Hallway's parts."""

from django import template

register = template.Library()
