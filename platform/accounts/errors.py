class Refused(Exception):
    """What was asked for is not done, and the message says why to whoever asked."""


class InvitationOver(Refused):
    """The link was used, taken back, has expired, or never was one."""
