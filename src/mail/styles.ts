const FONT = 'font-family:system-ui,-apple-system,Segoe UI,Roboto,Helvetica,Arial,sans-serif;';
const TEXT = `${FONT}font-size:16px;line-height:24px;color:#1b1b1b;`;

/** Inline styles of the mails, by what they are for: mail programs drop style sheets. No quotes, so that they fit an attribute. */
export const STYLES = {
  page: `margin:0;padding:0;background:#eef0f2;${TEXT}`,
  sheet: `max-width:600px;margin:0 auto;padding:24px;background:#ffffff;${TEXT}`,
  sender: `${FONT}margin:0 0 20px;padding:0 0 12px;border-bottom:2px solid #0b4a8f;font-size:14px;line-height:20px;font-weight:bold;color:#0b4a8f;`,
  h1: `${FONT}margin:0 0 16px;font-size:24px;line-height:30px;font-weight:bold;color:#1b1b1b;`,
  h2: `${FONT}margin:28px 0 8px;font-size:18px;line-height:24px;font-weight:bold;color:#1b1b1b;`,
  p: `${TEXT}margin:0 0 14px;`,
  box: `margin:0 0 14px;padding:16px;background:#e9f1fa;border-left:5px solid #0b4a8f;`,
  label: `${TEXT}margin:0;`,
  deadline: `${FONT}margin:0 0 12px;font-size:20px;line-height:28px;font-weight:bold;color:#1b1b1b;`,
  buttonLine: `${TEXT}margin:16px 0;`,
  button: `${FONT}display:inline-block;padding:12px 22px;background:#0b4a8f;border:1px solid #0b4a8f;font-size:17px;line-height:24px;font-weight:bold;color:#ffffff;text-decoration:none;mso-padding-alt:0;text-underline-color:#0b4a8f;`,
  url: `${FONT}margin:0 0 14px;font-size:14px;line-height:20px;color:#1b1b1b;word-break:break-all;`,
  table: `width:100%;table-layout:fixed;margin:0 0 14px;border-collapse:collapse;`,
  th: `${FONT}width:34%;padding:8px 12px 8px 0;border-bottom:1px solid #c4c9ce;font-size:15px;line-height:22px;font-weight:bold;color:#1b1b1b;text-align:left;vertical-align:top;word-break:break-word;`,
  td: `${FONT}padding:8px 0;border-bottom:1px solid #c4c9ce;font-size:15px;line-height:22px;color:#1b1b1b;text-align:left;vertical-align:top;word-break:break-word;`,
  ul: `${TEXT}margin:0 0 14px;padding:0 0 0 22px;`,
  cellList: `margin:0;padding:0 0 0 18px;`,
  li: `margin:0 0 6px;`,
  verbatim: `${TEXT}margin:0 0 14px;padding:8px 0 8px 14px;border-left:5px solid #c4c9ce;white-space:pre-wrap;word-break:break-word;`,
  footer: `${FONT}margin:28px 0 0;padding:14px 0 0;border-top:1px solid #c4c9ce;font-size:13px;line-height:19px;color:#444444;`,
} as const;
