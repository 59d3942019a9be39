"""Messages that come back, written by us in the shapes of known mail servers. The hosts, mailboxes and queue numbers are invented."""

from __future__ import annotations

from email.message import EmailMessage

US = "vivier@exemple.example"


def _filled(text: str, **values: str) -> bytes:
    for name, value in values.items():
        text = text.replace(f"[{name}]", value)
    return text.lstrip("\n").encode()


POSTFIX = """
Return-Path: <>
Date: Tue, 24 Nov 2026 10:00:00 +0100 (CET)
From: MAILER-DAEMON@relais.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: [us]
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
	boundary="4F2A.1/relais.example"
Message-Id: <20261124090000.4F2A@relais.example>

This is a MIME-encapsulated message.

--4F2A.1/relais.example
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

<[to]>: host mx.structure.example[192.0.2.7] said: [code] [status] refused

--4F2A.1/relais.example
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; relais.example
X-Postfix-Queue-ID: 4F2A
Arrival-Date: Tue, 24 Nov 2026 09:59:58 +0100 (CET)

Final-Recipient: rfc822; [to]
Original-Recipient: rfc822;[to]
Action: [action]
Status: [status]
Remote-MTA: dns; mx.structure.example
Diagnostic-Code: smtp; [code] [status] <[to]>: refused

--4F2A.1/relais.example
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

Return-Path: <[us]>
From: Vivier <[us]>
To: [to]
Subject: =?utf-8?q?Nouveaut=C3=A9s?=
Message-ID: [id]

--4F2A.1/relais.example--
"""

EXIM = """
Return-path: <>
From: Mail Delivery System <Mailer-Daemon@relais.example>
To: [us]
Subject: Mail delivery failed: returning message to sender
X-Failed-Recipients: [to]
Auto-Submitted: auto-replied
Content-Type: multipart/report; report-type=delivery-status; boundary=1764000000-eximdsn-1
MIME-Version: 1.0
Message-Id: <E1xYzAb-000001-AB@relais.example>

--1764000000-eximdsn-1
Content-type: text/plain; charset=us-ascii

A message that you sent could not be delivered. This is a permanent error.

  [to]
    host mx.structure.example [192.0.2.7]: [code] no such user

--1764000000-eximdsn-1
Content-type: message/delivery-status

Reporting-MTA: dns; relais.example

Action: [action]
Final-Recipient: rfc822;[to]
Status: [status]
Remote-MTA: dns; mx.structure.example
Diagnostic-Code: smtp; [code] no such user

--1764000000-eximdsn-1
Content-type: message/rfc822

Return-path: <[us]>
To: [to]
Subject: essai
Message-ID: [id]
From: Vivier <[us]>

Bonjour
--1764000000-eximdsn-1--
"""

FORMER_EXIM = """
From: Mail Delivery System <Mailer-Daemon@relais.example>
To: [us]
Subject: Mail delivery failed: returning message to sender
X-Failed-Recipients: [to]
Auto-Submitted: auto-generated
Message-Id: <E1xYzAb-000002-AB@relais.example>

This message was created automatically by mail delivery software.
A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address failed:

  [to]

------ This is a copy of the message, including all the headers. ------

Return-path: <[us]>
To: [to]
Message-ID: [id]

Bonjour
"""

EXCHANGE = """
MIME-Version: 1.0
From: <postmaster@structure.example>
To: <[us]>
Date: Tue, 24 Nov 2026 09:00:00 +0000
Content-Type: multipart/report; report-type=delivery-status;
	boundary="e0c5f8a1-invented"
X-MS-Exchange-Message-Is-Ndr:
Content-Language: fr-FR
Message-ID: <e0c5f8a1@EXCH01.structure.example>
In-Reply-To: [id]
References: [id]
Subject: =?utf-8?B?Tm9uIHJlbWlzwqA6IGVzc2Fp?=
Auto-Submitted: auto-replied

--e0c5f8a1-invented
Content-Type: multipart/alternative; differences=Content-Type;
	boundary="b1-invented"

--b1-invented
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: base64

UmVtaXNlIGltcG9zc2libGU=

--b1-invented--

--e0c5f8a1-invented
Content-Type: message/delivery-status

Reporting-MTA: dns;EXCH01.structure.example
Received-From-MTA: dns;relais.example
Arrival-Date: Tue, 24 Nov 2026 09:00:00 +0000

Final-Recipient: rfc822;[to]
Action: [action]
Status: [status]
Diagnostic-Code: smtp;[code] [status] RESOLVER.ADR.RecipientNotFound; not found
X-Display-Name: =?utf-8?Q?Bo=C3=AEte?=

--e0c5f8a1-invented--
"""
SHAPES = {"Postfix": POSTFIX, "Exim": EXIM, "former Exim": FORMER_EXIM, "Exchange": EXCHANGE}


def returned(
    letter: EmailMessage, shape: str = POSTFIX, action: str = "failed", status: str = "5.1.1", code: str = "550"
) -> bytes:
    """The notification that a letter of ours comes back."""
    about = {"to": str(letter["To"]), "id": str(letter["Message-ID"])}
    return _filled(shape, us=US, action=action, status=status, code=code, **about)


AUTO_REPLY = f"""
From: Accueil <contact@structure.example>
To: {US}
Subject: Absence du bureau
Auto-Submitted: auto-replied
In-Reply-To: [id]
Content-Type: text/plain; charset=utf-8

Nous sommes absents jusqu'à lundi.
"""
RECEIPT = f"""
From: contact@structure.example
To: {US}
Subject: Lu
Content-Type: multipart/report; report-type=disposition-notification; boundary=b
MIME-Version: 1.0

--b
Content-Type: message/disposition-notification

Final-Recipient: rfc822; contact@structure.example
Original-Message-ID: [id]
Disposition: manual-action/MDN-sent-manually; displayed

--b--
"""
ORDINARY = f"""
From: contact@structure.example
To: {US}
Subject: Re: besoin
In-Reply-To: [id]

Bonjour, appelez-nous.
"""


def other(letter: EmailMessage, text: str) -> bytes:
    """A message about a letter of ours that is no notification."""
    return _filled(text, id=str(letter["Message-ID"]))
