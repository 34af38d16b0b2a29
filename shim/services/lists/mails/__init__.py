"""Mails as old clients saw them, alone, in threads and in series.

From what all need to what uses it:

    envelopes  whole mails, out of an archive
    names      mails by their Message-IDs
    series     patchsets, with headers of a mail
    threading  which thread a mail belongs to
    mails      mails out of answers
    threads    the mails of a thread
    sent       what a user has sent
"""
