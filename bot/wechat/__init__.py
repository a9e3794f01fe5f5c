"""The WeChat channel: pushes in, replies and API calls out, media, menu, posters.

Nothing outside this package knows the wire format, and `codec` is the only module that imports
wechatpy.
"""
