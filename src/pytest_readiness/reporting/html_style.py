"""How the scoreboard looks in pytest-html's page: no font, script or picture from elsewhere, light and dark."""

STYLE = """<meta name="viewport" content="width=device-width, initial-scale=1"><style>
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #59636e; --paper: #fff; --card: #f6f7f9; --rule: #d5dae0;
  --good: #116329; --bad: #b3191f; --open: #7d4e00; --quiet: #59636e; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8ebef; --soft: #a3acb7; --paper: #14171b; --card: #1d2126;
  --rule: #3a414a; --good: #5fcf7e; --bad: #ff8783; --open: #e9b44c; --quiet: #a3acb7; } }
body { min-width: 0; max-width: 1360px; margin: 0 auto; padding: 16px 20px 48px; background: var(--paper);
  color: var(--ink); font: 14px/1.5 system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif;
  display: flex; flex-direction: column; }
h1, h2, h3, p { color: var(--ink); }
h1 { margin: 8px 0 0; font-size: 24px; line-height: 1.25; overflow-wrap: anywhere; }
h1 + p, a { color: var(--soft); }
h1 + p { margin: 4px 0 0; }
#environment-header, #environment { order: 3; }
#environment-header { margin-top: 24px; }
#environment { max-width: 100%; }
#environment td { overflow-wrap: anywhere; }
#environment td, #results-table, #results-table th, #results-table td { border-color: var(--rule); }
#environment tr:nth-child(odd) { background: var(--card); }
.summary__data > h2, .summary__spacer { display: none; }
.controls { flex-wrap: wrap; gap: 8px; }
.filters { flex-wrap: wrap; }
#results-table { order: 2; color: var(--ink); font-size: 13px; margin-top: 12px; }
#results-table td { overflow-wrap: anywhere; }
.col-result { width: auto; }
.col-verdict, .col-severity, .col-age, .col-duration, .col-target, #results-table .col-result { white-space: nowrap; }
.col-verdict { font-weight: 600; }
span.passed, .passed .col-result { color: var(--good); }
span.skipped, span.xfailed, span.rerun, .skipped .col-result, .xfailed .col-result, .rerun .col-result {
  color: var(--open); }
span.error, span.failed, span.xpassed, .error .col-result, .failed .col-result, .xpassed .col-result {
  color: var(--bad); }
.filters button, .collapse button { color: var(--soft); }
.logwrapper, .logwrapper .logexpander { background: var(--card); color: var(--ink); }
.logwrapper { max-height: 420px; overflow-y: auto; position: relative; }
.logwrapper .logexpander { position: absolute; top: 6px; right: 6px; margin: 0; padding: 2px 7px; font-size: 12px;
  border-color: var(--rule); color: var(--soft); }
.logwrapper .logexpander:hover { color: var(--ink); border-color: var(--ink); }
.logwrapper .log { color: var(--ink); border-color: var(--rule); position: static; height: auto;
  padding: 8px 90px 8px 10px; }
.rd article { margin: 16px 0 40px; }
.rd p { margin: 0; }
.rd ul { list-style: none; margin: 0; padding: 0; }
.rd-head { background: var(--card); border-left: 8px solid var(--bad); padding: 16px 20px; }
.rd-head > p + p, .rd-counts { margin-top: 4px; }
.rd-head.rd-ready { border-left-color: var(--good); }
.rd-head.rd-partial { border-left: 8px dashed var(--open); }
.rd-target { font-size: 18px; font-weight: 600; overflow-wrap: anywhere; }
.rd-target span { font-size: 14px; font-weight: 400; color: var(--soft); margin-left: 8px; }
.rd-verdict { font-size: 44px; font-weight: 700; line-height: 1.15; letter-spacing: -0.01em; color: var(--bad) }
.rd-ready .rd-verdict { color: var(--good); }
.rd-partial .rd-verdict { color: var(--open); }
.rd .rd-counts { display: flex; flex-wrap: wrap; gap: 6px 18px; margin: 10px 0; font-variant-numeric: tabular-nums; }
.rd i { font-style: normal; font-size: 11px; border: 1px solid var(--rule); border-radius: 9px; padding: 0 7px;
  color: var(--soft); white-space: nowrap; }
.rd-areas { columns: 2 480px; column-gap: 40px; margin-top: 8px; }
.rd-areas h3 { font-size: 17px; margin: 20px 0 4px; padding-bottom: 4px; border-bottom: 2px solid var(--ink);
  display: flex; justify-content: space-between; align-items: baseline; break-after: avoid; }
.rd-areas h3 span { font-size: 13px; font-weight: 400; color: var(--soft); font-variant-numeric: tabular-nums; }
.rd-areas li { display: grid; grid-template-columns: 124px minmax(0, 1fr); gap: 10px; padding: 7px 0;
  border-bottom: 1px solid var(--rule); break-inside: avoid; }
.rd-counts .rd-state { margin-right: 4px; }
.rd-small i { margin-left: 6px; }
.rd-small { font-size: 12px; color: var(--soft); }
.rd-remark { font-size: 13px; overflow-wrap: anywhere; }
.rd-title { font-weight: 500; }
.rd-state { display: inline-block; justify-self: start; align-self: start; font-size: 11px; line-height: 18px;
  font-weight: 700; letter-spacing: 0.03em; padding: 0 7px; border: 1px solid transparent; border-radius: 3px;
  white-space: nowrap; }
.rd-pass, .rd-attested { color: var(--good); border-color: var(--good); }
.rd-fail, .rd-error { color: var(--paper); background: var(--bad); border-color: var(--bad); }
.rd-unverified { color: var(--open); border: 1px dashed var(--open); }
.rd-warn, .rd-waived { color: var(--open); border: 3px double var(--open); line-height: 14px; }
.rd-not-applicable { color: var(--quiet); }
.rd-log { white-space: normal; font: 13px/1.5 system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; }
.rd-log p { margin: 4px 0; }
.rd-log .rd-finding { font-weight: 600; margin-top: 12px; }
.rd-log dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 2px 14px; margin: 4px 0; }
.rd-log dt { color: var(--soft); }
.rd-log dd { margin: 0; overflow-wrap: anywhere; font-family: ui-monospace, Menlo, Consolas, monospace; }
@media (max-width: 700px) {
  body { padding: 8px 12px 32px; }
  .rd-verdict { font-size: 34px; }
  .rd-areas li { grid-template-columns: minmax(0, 1fr); gap: 4px; }
  .rd-target span { display: block; margin: 0; }
  #results-table, #results-table thead, #results-table tbody { display: block; }
  #results-table tr { display: flex; flex-wrap: wrap; gap: 0 14px; padding: 6px; border-bottom: 1px solid var(--rule); }
  #results-table tr.hidden { display: none; }
  #results-table th, #results-table td { border: 0; padding: 1px 0; }
  #results-table td.col-testId { flex-basis: 100%; color: var(--soft); }
  #results-table td.extra { flex: 1 0 100%; max-width: 100%; }
  .logwrapper .log { padding: 30px 10px 8px; }
  .rd-log dl { grid-template-columns: minmax(0, 1fr); }
  .rd-log dd { margin-bottom: 4px; }
}
@media print { .controls, .filter { display: none; } }
</style>"""
