/** Comments as people, phones, mail programs and bots write them, and what must happen. */
export interface Row {
  title: string
  text: string
  /** `status app=web + retry -- why`, `!verb-unknown`, `nothing`. */
  expected: { github: string; gitlab: string }
  by?: Author
  action?: 'created' | 'edited' | 'deleted' | 'unsaid'
  on?: 'pull request' | 'issue'
}

export type Author = 'person' | 'bot' | 'app for a person' | 'ghost' | 'system'

type Text = string | readonly string[]

function row(title: string, text: Text, github: string, gitlab = github): Row {
  return { title, text: typeof text === 'string' ? text : text.join('\n'), expected: { github, gitlab } }
}

/** Without the namespace: a command on GitHub, nothing on GitLab. */
function bare(title: string, text: Text, github: string): Row {
  return row(title, text, github, 'nothing')
}

function nothing(title: string, text: Text, more: Partial<Row> = {}): Row {
  return { ...row(title, text, 'nothing'), ...more }
}

const FENCE = '```'

const PLAIN: Row[] = [
  row('help', '/cargo help', 'help'),
  row('status', '/cargo status', 'status'),
  row('plan', '/cargo plan', 'plan'),
  row('retry', '/cargo retry', 'retry'),
  row('nothing behind the namespace', '/cargo', 'help'),
  row('spaces behind the namespace', '/cargo   ', 'help'),
  row('an option', '/cargo status app=web', 'status app=web'),
  row('a quoted option', '/cargo status app="web"', 'status app=web'),
  row('an option in single quotes', "/cargo status app='web'", 'status app=web'),
  row('a key in upper case', '/cargo status APP=web', 'status app=web'),
  row('a reason', '/cargo retry -- the registry was down', 'retry -- the registry was down'),
  row('a reason with quotes', '/cargo retry -- it\'s "fixed"', 'retry -- it\'s "fixed"'),
  row('a reason with another dash', '/cargo retry -- a -- b', 'retry -- a -- b'),
  row('a reason that holds a command', '/cargo retry -- not /cargo plan', 'retry -- not /cargo plan'),
  row('a reason that looks like an option', '/cargo retry -- app=web', 'retry -- app=web'),
  row('an empty reason', '/cargo retry --', 'retry'),
  row('an empty reason with spaces', '/cargo retry --   ', 'retry'),
  row('upper case', '/CARGO STATUS', 'status'),
  row('as a phone begins a sentence', '/Cargo Status', 'status'),
  row('many spaces', '/cargo     status    app=web', 'status app=web'),
  row('a tab between', '/cargo\tstatus', 'status'),
  row('one space before', ' /cargo status', 'status'),
  row('three spaces before', '   /cargo status', 'status'),
  row('spaces behind', '/cargo status   ', 'status'),
  row('text above', ['Looks good!', '/cargo status'], 'status'),
  row('text above and a blank line', ['Looks good!', '', '/cargo status'], 'status'),
  row('text below', ['/cargo status', 'Thank you'], 'status'),
  row('lines that end as on Windows', 'Hello\r\n/cargo status\r\nBye', 'status'),
  row('lines that end as on old machines', 'Hello\r/cargo status\rBye', 'status'),
  row('in the line of a list item', ['- done', '/cargo status'], 'status'),
  row('below a heading', ['# Now', '/cargo status'], 'status'),
  row('below a rule', ['---', '/cargo status'], 'status'),
  row('behind an image', ['![x](https://example.com/x.png)', '/cargo status'], 'status'),
  row('inside of details', ['<details>', '', '/cargo status', '', '</details>'], 'status'),
]

const SEVERAL: Row[] = [
  row('two commands', ['/cargo status', '/cargo plan'], 'status + plan'),
  row('two commands apart', ['/cargo status', '', 'and', '', '/cargo plan'], 'status + plan'),
  row('the same command twice', ['/cargo plan', '/cargo plan'], 'plan + plan'),
  row('five commands', Array(5).fill('/cargo status'), Array(5).fill('status').join(' + ')),
  row('six commands', Array(6).fill('/cargo status'), '!too-many-commands'),
  row('six, of which one is wrong', [...Array(5).fill('/cargo plan'), '/cargo x'], '!too-many-commands'),
  row('a good one and a wrong one', ['/cargo status', '/cargo statsu'], '!verb-unknown'),
  row('a wrong one and a good one', ['/cargo statsu', '/cargo status'], '!verb-unknown'),
  row('two wrong ones', ['/cargo statsu', '/cargo plan x'], '!verb-unknown + !argument-unexpected'),
  row('two on one line', '/cargo status /cargo plan', '!argument-unexpected'),
  row('a semicolon between', '/cargo status; /cargo plan', '!verb-unknown'),
  row('a command for another bot beside ours', ['/lgtm', '/cargo status'], 'status'),
  row('a code block between', ['/cargo status', FENCE, '/cargo x', FENCE, '/cargo plan'], 'status + plan'),
]

const BARE: Row[] = [
  bare('bare help', '/help', 'help'),
  bare('bare status', '/status', 'status'),
  bare('bare plan', '/plan', 'plan'),
  bare('bare retry', '/retry', 'retry'),
  bare('bare with an option', '/status app=web', 'status app=web'),
  bare('bare in upper case', '/Status', 'status'),
  bare('bare with a word that it does not take', '/plan the party', '!argument-unexpected'),
  row('bare and namespaced', ['/status', '/cargo plan'], 'status + plan', 'plan'),
  nothing('a verb of another bot', '/lgtm'),
  nothing('a verb of another bot with words', '/assign @alice'),
  nothing('a verb that is nearly ours', '/statsu'),
  nothing('a verb of ours with a stop', '/status.'),
  nothing('a verb of ours with more letters', '/statuses'),
  nothing('a path', '/status/of/things'),
  nothing('a path below our name', '/cargo/status'),
  nothing('our name with a colon', '/cargo: status'),
  nothing('our name with more letters', '/cargobay status'),
  nothing('two slashes', '//cargo status'),
  nothing('a space behind the slash', '/ cargo status'),
  nothing('a slash alone', '/'),
]

const LOCKS: Row[] = [
  row('a lock', '/cargo lock production', 'lock production'),
  bare('a lock without the namespace', '/lock production', 'lock production'),
  bare('a lock of nothing', '/lock', '!argument-missing'),
  row('a lock for a time', '/cargo lock production for 1h30m', 'lock production for 5400'),
  row('a lock with why', '/cargo lock production -- it burns', 'lock production -- it burns'),
  row('a lock until a day', '/cargo lock production until=2026-12-01', 'lock production until=2026-12-01'),
  row('a lock until a time', '/cargo lock x until="2026-12-01 18:00"', 'lock x until=2026-12-01 18:00'),
  row('a lock until no day', '/cargo lock production until=2026-02-30', '!argument-invalid'),
  row('a lock until some time', '/cargo lock production until=tomorrow', '!argument-invalid'),
  row('a lock for no time', '/cargo lock production for 0m', '!argument-invalid'),
  row('a lock for nothing', '/cargo lock production for', '!argument-invalid'),
  row('a lock of two', '/cargo lock staging production', '!argument-unexpected'),
  row('a lock of a path', '/cargo lock apps/web', '!argument-invalid'),
  row('a lock of one app', '/cargo lock staging app=web', 'lock staging app=web'),
  row('an unlock', '/cargo unlock production -- over', 'unlock production -- over'),
  bare('an unlock without the namespace', '/unlock production', 'unlock production'),
  row('an unlock for a time', '/cargo unlock production for 2h', '!argument-unexpected'),
  row('a promote', '/cargo promote production', 'promote production'),
  row('a promote of a version', '/cargo promote production v1.2.0', 'promote production v1.2.0'),
  bare('a promote without the namespace', '/promote production 1a2b3c4', 'promote production 1a2b3c4'),
  row('a promote of two versions', '/cargo promote production v1 v2', '!argument-unexpected'),
  row('a promote of no version', '/cargo promote production @latest', '!argument-invalid'),
  row('a rollback', '/cargo rollback production', 'rollback production'),
  row('a rollback to a version', '/cargo rollback x v1.2.0 -- it burns', 'rollback x v1.2.0 -- it burns'),
  row('a rollback for a time', '/cargo rollback x for 2h', '!argument-unexpected'),
  bare('a rollback of nothing', '/rollback', '!argument-missing'),
  row('an unlock and a lock', ['/cargo unlock a', '/cargo lock b'], 'unlock a + lock b'),
]

const REFUSED: Row[] = [
  row('a verb that nobody knows', '/cargo deploy', '!verb-unknown'),
  row('a verb that comes later', '/cargo report', '!verb-unknown'),
  row('a mistyped verb', '/cargo stauts', '!verb-unknown'),
  row('a verb with a stop', '/cargo status.', '!verb-unknown'),
  row('a verb with a comma', '/cargo status, please', '!verb-unknown'),
  row('a quoted verb', '/cargo "status"', '!verb-unknown'),
  row('a word too many', '/cargo help me', '!argument-unexpected'),
  row('a flag', '/cargo retry --force', '!argument-unexpected'),
  row('a flag as a phone writes it', '/cargo retry \u2014force', '!argument-unexpected'),
  row('a reason where none is taken', '/cargo status -- why', '!reason-not-taken'),
  row('an option that nobody knows', '/cargo status application=web', '!option-unknown'),
  row('an option where none is taken', '/cargo retry app=web', '!option-unknown'),
  row('an option with the name of a property', '/cargo status __proto__=x', '!argument-unexpected'),
  row('an option with the name of a method', '/cargo status constructor=x', '!option-unknown'),
  row('an option twice', '/cargo status app=web app=api', '!option-repeated'),
  row('an option without a value', '/cargo status app=', '!argument-invalid'),
  row('an option with a path', '/cargo status app=../web', '!argument-invalid'),
  row('an option with markup', '/cargo status app=<b>', '!argument-invalid'),
  row('an option that is too long', `/cargo status app=${'a'.repeat(64)}`, '!argument-invalid'),
  row('a period where none is taken', '/cargo plan for 2h', '!argument-unexpected'),
  row('a quote that is not closed', '/cargo status app="web', '!quote-invalid'),
  row('text behind a quote', '/cargo status app="web"x', '!quote-invalid'),
  row('a quote that ends with a backslash', '/cargo status app="web\\', '!quote-invalid'),
  row('a long comment', `/cargo status\n${'x'.repeat(70_000)}`, '!comment-too-long'),
  nothing('a long comment whose command is beyond its limit', `${'x'.repeat(70_000)}\n/cargo status`),
]

const PHONES: Row[] = [
  row('curly quotes', '/cargo status app=\u201cweb\u201d', 'status app=web'),
  row('low quotes', '/cargo status app=\u201eweb\u201c', 'status app=web'),
  row('curly single quotes', '/cargo status app=\u2018web\u2019', 'status app=web'),
  row('a curly and a straight quote', '/cargo status app=\u201cweb"', 'status app=web'),
  row('quotes of two kinds', '/cargo status app=\u201cweb\u2019', '!quote-invalid'),
  row('a no-break space', '/cargo\u00a0status', 'status'),
  row('a no-break space before', '\u00a0/cargo status', 'status'),
  row('a narrow no-break space', '/cargo\u202fstatus', 'status'),
  row('a wide space', '/cargo\u3000status', 'status'),
  row('an em dash before the reason', '/cargo retry \u2014 fixed', 'retry -- fixed'),
  row('an en dash before the reason', '/cargo retry \u2013 fixed', 'retry -- fixed'),
  row('a curly apostrophe in the reason', '/cargo retry -- it\u2019s fixed', 'retry -- it\u2019s fixed'),
  row('a picture in the reason', '/cargo retry -- \u{1f680}\ufe0f', 'retry -- \u{1f680}\ufe0f'),
  nothing('a wide slash', '\uff0fcargo status'),
  nothing('a fraction slash', '\u2044cargo status'),
]

const INVISIBLE: Row[] = [
  row('a zero-width space in the verb', '/cargo sta\u200btus', '!invisible-character'),
  row('a zero-width space in the name', '/car\u200bgo status', '!invisible-character'),
  row('a zero-width space before', '\u200b/cargo status', '!invisible-character'),
  row('a zero-width joiner', '/cargo status app=we\u200db', '!invisible-character'),
  row('a byte order mark', '\ufeff/cargo status', '!invisible-character'),
  row('a soft hyphen', '/cargo sta\u00adtus', '!invisible-character'),
  row('text from right to left', '/cargo status \u202ebew=ppa', '!invisible-character'),
  row('an isolate', '/cargo status \u2066app=web\u2069', '!invisible-character'),
  row('a line separator', '/cargo retry -- a\u2028b', '!invisible-character'),
  row('a NUL', '/cargo status\u0000', '!invisible-character'),
  row('an escape', '/cargo status\u001b[2K', '!invisible-character'),
  row('a filler that looks like a space', '/cargo status\u3164', '!invisible-character'),
  row('a tag character in the reason', '/cargo retry -- a\u{e0041}', '!invisible-character'),
  bare('a zero-width space in a bare verb', '/sta\u200btus', '!invisible-character'),
  nothing('a zero-width space in the verb of another bot', '/lg\u200btm'),
  nothing('letters of another alphabet', '/c\u0430rgo status'),
]

const CODE: Row[] = [
  nothing('in a sentence', 'Write /cargo status to see it.'),
  nothing('in code', '`/cargo status`'),
  nothing('in bold', '**/cargo status**'),
  nothing('in a fence', [FENCE, '/cargo status', FENCE]),
  nothing('in a fence with a language', [`${FENCE}sh`, '/cargo status', FENCE]),
  nothing('in a fence of tildes', ['~~~', '/cargo status', '~~~']),
  nothing('in a long fence that holds a short one', ['````', FENCE, '/cargo status', FENCE, '````']),
  nothing('in a fence of the other kind', ['~~~', FENCE, '/cargo status', '~~~']),
  nothing('in a fence that is never closed', [FENCE, '/cargo status']),
  nothing('in a fence with a language at its end', [FENCE, `${FENCE}sh`, '/cargo status', FENCE]),
  nothing('in a fence whose end is indented too far', [FENCE, `    ${FENCE}`, '/cargo status', FENCE]),
  nothing('in a fence of a list', ['- x', `  ${FENCE}`, '  /cargo status', `  ${FENCE}`]),
  nothing('in a fence on the line of a list', [`- ${FENCE}`, '  /cargo status', `  ${FENCE}`]),
  nothing('in a fence of a numbered list', [`1. ${FENCE}`, '   /cargo status', `   ${FENCE}`]),
  nothing('indented by four spaces', '    /cargo status'),
  nothing('indented by a tab', '\t/cargo status'),
  nothing('indented by spaces and a tab', '  \t/cargo status'),
  nothing('in code over several lines', ['see `this', '/cargo status', 'here`']),
  nothing('in double code over several lines', ['see ``this', '/cargo status', 'here``']),
  nothing('in pre', ['<pre>', '/cargo status', '</pre>']),
  nothing('in pre with attributes', ['<PRE lang="sh">', '/cargo status', '</PRE>']),
  nothing('in a code element', ['<code>', '/cargo status', '</code>']),
  nothing('in a pre that is never closed', ['<pre>', '', '/cargo status']),
  row('below a fence', [FENCE, 'x', FENCE, '/cargo status'], 'status'),
  row('below a fence with a longer end', [FENCE, 'x', '`````', '/cargo status'], 'status'),
  row('below code that only looks like a fence', ['```x``` is code', '/cargo status'], 'status'),
  row('apart from a backtick that nobody closes', ['a ` here', '', '/cargo status', 'and ` there'], 'status'),
  nothing('right below a backtick that nobody closes', ['a ` here', '/cargo status']),
  nothing('in a fence further left than its list', ['- ```', '````', '/cargo status', '````']),
  nothing('in a fence below HTML', ['<div>', FENCE, '', FENCE, '/cargo status', FENCE]),
  row('below pre on one line', ['<pre>x</pre>', '/cargo status'], 'status'),
  row('below a word about pre', ['use `<pre>` for it', '/cargo status'], 'status'),
]

const QUOTES: Row[] = [
  nothing('a quote', '> /cargo status'),
  nothing('a quote without a space', '>/cargo status'),
  nothing('a quote of a quote', '> > /cargo status'),
  nothing('an indented quote', '  > /cargo status'),
  nothing('a quote in a list', '- > /cargo status'),
  nothing('a line that belongs to the quote above', ['> so it was', '/cargo status']),
  nothing('a line that belongs to the quote in a list', ['- > so it was', '/cargo status']),
  nothing('two lines that belong to the quote', ['> so', 'it was', '/cargo status']),
  nothing('a fence of quotes', ['>>>', '/cargo status', '>>>']),
  nothing('a quote element', ['<blockquote>', '/cargo status', '</blockquote>']),
  nothing('a quoted fence', ['> ```', '> /cargo status', '> ```']),
  row('a reply below a quote', ['> /cargo plan', '', '/cargo status'], 'status'),
  row('a reply below a quote that ends empty', ['> so it was', '>', '/cargo status'], 'status'),
  row('a reply below a quoted fence', ['> ```', '> /cargo plan', '> ```', '/cargo status'], 'status'),
  row('a reply above a quote', ['/cargo status', '> /cargo plan'], 'status'),
  row('below a fence of quotes', ['>>>', 'so it was', '>>>', '/cargo status'], 'status'),
]

const COMMENTS: Row[] = [
  nothing('in an HTML comment', ['<!--', '/cargo status', '-->']),
  nothing('in an HTML comment that begins in a line', ['see <!-- this', '/cargo status', '-->']),
  nothing('in an HTML comment that is never closed', ['<!--', '', '/cargo status']),
  nothing('behind an HTML comment', '<!-- x --> /cargo status'),
  nothing('on the last line of an HTML comment', ['<!--', '--> /cargo status']),
  row('below an HTML comment', ['<!-- x -->', '/cargo status'], 'status'),
  row('what a comment hides is not read', '/cargo status <!-- app=web -->', 'status'),
  row('what a comment hides below is not read', ['/cargo status <!--', '/cargo plan', '-->'], 'status'),
  row('below a word about comments', ['write `<!--` first', '/cargo status'], 'status'),
  nothing('below an HTML comment that nobody closes', ['a <!-- b', '/cargo status']),
]

const MAILS: Row[] = [
  row(
    'a reply by e-mail',
    ['/cargo status', '', 'On Mon, 2 Nov 2026, Alice wrote:', '> /cargo plan'],
    'status',
  ),
  row(
    'a reply by e-mail below the original',
    ['On Mon, 2 Nov 2026, Alice wrote:', '> /cargo plan', '', '/cargo status'],
    'status',
  ),
  row(
    'a reply by e-mail whose original has no marks',
    ['/cargo status', '', 'On Mon, 2 Nov 2026, Alice wrote:', '', '/cargo plan'],
    'status',
  ),
  row(
    'a reply of Outlook',
    ['/cargo status', '', '-----Original Message-----', 'From: Alice', '', '/cargo plan'],
    'status',
  ),
  row(
    'a newer reply of Outlook',
    ['/cargo status', '', '________________________________', 'From: Alice', '', '/cargo plan'],
    'status',
  ),
  row('a signature', ['/cargo status', '-- ', '/cargo plan'], 'status'),
  row('two dashes that are no signature', ['/cargo status', '--', '/cargo plan'], 'status + plan'),
]

const AUTHORS: Row[] = [
  nothing('by a bot', '/cargo status', { by: 'bot' }),
  nothing('by an app in the name of a person', '/cargo status', {
    by: 'app for a person',
    ...{ expected: { github: 'nothing', gitlab: 'status' } },
  }),
  nothing('by an account that is gone', '/cargo status', { by: 'ghost' }),
  nothing('by the forge itself', '/cargo status', {
    by: 'system',
    ...{ expected: { github: 'nothing', gitlab: 'nothing' } },
  }),
  nothing('an edited comment', '/cargo status', { action: 'edited' }),
  nothing('an edited comment with a wrong command', '/cargo statsu', { action: 'edited' }),
  nothing('a deleted comment', '/cargo status', { action: 'deleted' }),
  nothing('a comment of which is not said that it is new', '/cargo status', { action: 'unsaid' }),
  nothing('a comment on an issue', '/cargo status', { on: 'issue' }),
  nothing('an empty comment', ''),
  nothing('a comment of spaces', ' \n\n '),
  nothing('praise', 'LGTM :rocket:'),
]

const PREVIEWS: Row[] = [
  row('a preview, and nothing else', '/cargo preview', 'preview'),
  bare('a preview without the namespace', '/preview', 'preview'),
  bare('a preview that is wanted', '/preview up', 'preview up'),
  bare('a preview as a phone begins a sentence', '/Preview Up', 'preview up'),
  row('a preview of a commit', '/cargo preview up 1A2b3c4', 'preview up 1a2b3c4'),
  row('a preview of a whole commit', `/cargo preview up ${'a1'.repeat(20)}`, `preview up ${'a1'.repeat(20)}`),
  row('a preview of too few digits', '/cargo preview up 1a2b3c', '!argument-invalid'),
  row('a preview of too many digits', `/cargo preview up ${'a'.repeat(41)}`, '!argument-invalid'),
  row('a preview of a branch', '/cargo preview up main', '!argument-invalid'),
  row('a preview that goes', '/cargo preview down', 'preview down'),
  row('a preview that goes, and why', '/cargo preview down -- too dear', 'preview down -- too dear'),
  row('a preview that goes, of a commit', '/cargo preview down 1a2b3c4', '!argument-unexpected'),
  row('a preview that stays for longer', '/cargo preview extend', 'preview extend'),
  row('a preview that stays for two days', '/cargo preview extend 2d', 'preview extend 2d'),
  row('a preview that stays for a time with "for"', '/cargo preview extend for 2d', '!argument-unexpected'),
  row('a preview that stays for no time', '/cargo preview extend 0d', '!argument-invalid'),
  row('a preview that stays for two times', '/cargo preview extend 2d 3d', '!argument-unexpected'),
  row('a preview that is pinned', '/cargo preview pin', 'preview pin'),
  row('a preview that is not pinned any more', '/cargo preview unpin', 'preview unpin'),
  row('a preview of one app', '/cargo preview app=web down', 'preview down app=web'),
  row('a preview of something else', '/cargo preview constructor', '!argument-invalid'),
  row('a time alone', '/cargo preview 2d', '!argument-invalid'),
]

export const ROWS: readonly Row[] = [
  PREVIEWS,
  PLAIN,
  SEVERAL,
  BARE,
  LOCKS,
  REFUSED,
  PHONES,
  INVISIBLE,
  CODE,
  QUOTES,
  COMMENTS,
  MAILS,
  AUTHORS,
].flat()
