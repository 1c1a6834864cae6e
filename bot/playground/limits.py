"""Slack's limits, in one place.

Sources: docs.slack.dev (Block Kit reference, method pages); `BLOCK_TEXT` and the refusal
`msg_blocks_too_long` were measured against Slack and stand below the documented limits.
Lengths count characters; every limit is the largest value still accepted.
"""

from typing import Final

MESSAGE_BLOCKS: Final = 50
VIEW_BLOCKS: Final = 100
MESSAGE_TEXT: Final = 40_000
BLOCK_TEXT: Final = 13_000
VIEW_BYTES: Final = 250_000
VIEW_STACK: Final = 3

ID: Final = 255
TEXT_OBJECT: Final = 3_000
HEADER: Final = 150
FIELD: Final = 2_000
FIELDS: Final = 10
ACTIONS_ELEMENTS: Final = 25
CONTEXT_ELEMENTS: Final = 10
LABEL: Final = 2_000
HINT: Final = 2_000
IMAGE_URL: Final = 3_000
ALT_TEXT: Final = 2_000
IMAGE_TITLE: Final = 2_000

BUTTON_TEXT: Final = 75
BUTTON_VALUE: Final = 2_000
URL: Final = 3_000
ACCESSIBILITY_LABEL: Final = 75
PLACEHOLDER: Final = 150
OPTION_TEXT: Final = 75
OPTION_VALUE: Final = 150
OPTION_DESCRIPTION: Final = 75
OPTIONS: Final = 100
OPTION_GROUPS: Final = 100
CHOICES: Final = 10
OVERFLOW: Final = 5
INPUT_LENGTH: Final = 3_000

CONFIRM_TITLE: Final = 100
CONFIRM_TEXT: Final = 300
CONFIRM_BUTTON: Final = 30

MODAL_TITLE: Final = 24
MODAL_BUTTON: Final = 24
PRIVATE_METADATA: Final = 3_000

TRIGGER_SECONDS: Final = 3
ACK_SECONDS: Final = 3
RESPONSE_URL_SECONDS: Final = 30 * 60
RESPONSE_URL_USES: Final = 5
DND_USERS: Final = 50
PAGE_SIZE: Final = 100
PAGE_MOST: Final = 999
