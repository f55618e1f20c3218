"""What an import or export refuses as a whole, in sentences that a person can act on."""


class ExchangeRefused(Exception):
    """Nothing was started; its text is for the person at the screen."""
