/// The rules of the page, besides those of plots.
enum StyleSheet {
  /// Light and dark by the reader's preference; one column on a phone, two on a desk; ink on paper.
  static let page = """
    :root{--page:#f4f6f8;--paper:#fff;--ink:#1c2430;--muted:#566270;\
    --line:#d9dfe5;--accent:#0065a3;--warn:#fff4d6;--warn-line:#c98a00}
    @media (prefers-color-scheme:dark){:root{--page:#0e1217;--paper:#161b22;--ink:#e8ecf1;\
    --muted:#a3afbb;--line:#313b46;--accent:#6bb7f0;--warn:#33290f;--warn-line:#d9a53a}}
    *{box-sizing:border-box}
    body{margin:0 auto;max-width:1120px;padding:20px 24px 40px;background:var(--page);\
    color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",\
    Arial,sans-serif;overflow-wrap:anywhere}
    h1{margin:0 0 4px;font-size:1.7rem;line-height:1.25}
    h2{margin:36px 0 10px;font-size:1.25rem;line-height:1.3;scroll-margin-top:12px}
    p{margin:0 0 14px;max-width:72ch}
    .subtitle,footer{color:var(--muted)}
    a{color:var(--accent)}
    .warnings{margin:14px 0;padding:10px 16px;border:1px solid var(--warn-line);\
    border-left-width:5px;border-radius:6px;background:var(--warn)}
    .warnings ul{margin:4px 0 0;padding-left:20px}
    .summary{display:flex;flex-wrap:wrap;gap:10px;margin:18px 0}
    .summary div{flex:1 1 150px;padding:10px 14px;border:1px solid var(--line);border-radius:8px;\
    background:var(--paper)}
    dt{color:var(--muted);font-size:.85rem}
    dd{margin:0;font-size:1.1rem;font-weight:600;font-variant-numeric:tabular-nums}
    dd small{display:block;color:var(--muted);font-size:.85rem;font-weight:400}
    nav ul{display:flex;flex-wrap:wrap;gap:4px 18px;margin:0;padding:0;list-style:none}
    .figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,420px),1fr));\
    gap:16px;margin:0 0 16px}
    figure,.panel{margin:0;padding:12px 12px 8px;border:1px solid var(--line);border-radius:8px;\
    background:var(--paper);min-width:0}
    .panel table{width:100%;margin:0}
    figure.wide,figure.alone{grid-column:1/-1}
    figcaption{margin:0 4px 8px;font-weight:600}
    svg.plot{display:block;width:100%;height:auto;margin:0 auto}
    .narrow svg.plot{max-width:506px}.wide svg.plot{max-width:1040px}
    pre{margin:0 0 16px;padding:10px 14px;border:1px solid var(--line);border-radius:8px;\
    background:var(--paper);font-size:.92rem;white-space:pre-wrap}
    ul.notes{margin:0 0 16px;padding-left:20px;max-width:72ch}
    .scroll{overflow-x:auto}
    .scroll:focus-visible,pre:focus-visible,a:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
    table{border-collapse:collapse;margin:0 0 16px;min-width:min(100%,480px);\
    background:var(--paper);font-size:.92rem;overflow-wrap:normal}
    caption{padding:0 0 6px;text-align:left;font-weight:600}
    th,td{padding:5px 12px;border:1px solid var(--line);text-align:left;vertical-align:top}
    th{color:var(--muted);font-weight:600}
    td.text{max-width:64ch;overflow-wrap:break-word}
    .number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
    footer{margin-top:40px;padding-top:10px;border-top:1px solid var(--line);font-size:.85rem}
    @media (max-width:520px){body{padding:14px 12px 28px}figure,.panel{padding:10px 6px 6px}\
    h1{font-size:1.4rem}th,td{padding:4px 8px}\
    .summary{gap:8px}.summary div{flex-basis:130px}}
    @media print{:root{--page:#fff;--paper:#fff;--ink:#000;--muted:#444;\
    --line:#bbb;--accent:#000;--warn:#fff}body{max-width:none;padding:0;font-size:10.5pt}\
    figure,.panel,tr,.warnings,.summary div{break-inside:avoid}h2,figcaption,caption{break-after:avoid}\
    .figures{grid-template-columns:1fr 1fr}.narrow svg.plot{max-width:82mm}.scroll{overflow:visible}table{width:100%;font-size:9pt}td{overflow-wrap:anywhere}\
    .scroll>div{min-width:0!important}nav{display:none}@page{margin:16mm}}

    """
}
