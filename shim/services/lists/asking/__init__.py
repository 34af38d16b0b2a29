"""How upstream is asked for rows: several at once, page by page, and in each era's way.

From what all need to what uses it:

    instants    times as upstream prints them, compared
    several     single things, in one request
    milestones  what a server between the eras can
    paging      pages by id of what upstream orders by time
"""
