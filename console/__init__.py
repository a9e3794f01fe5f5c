"""The staff console: server-rendered pages over the services, with no rules of its own.

`routes` is the table of all pages with the access rule of each; `guard` enforces it; `pages`
has the handlers, `templates` what they look like, `static` the style sheets and scripts.
"""
