/** Texts that people or attackers type: each must come out as text, wherever it is shown. */
export const HOSTILE = {
  script: `<script>document.title='pris'</script><img src=x onerror="document.title='pris'">`,
  quotes: `"'><svg/onload=document.title='pris'>&amp;\`\${1}`,
  rightToLeft: 'سميرة \u202Eelpmaxe',
  long: 'É'.repeat(10_000),
  accents: 'Zoë-Ÿvette Œuvrard Đặng Łukasiewicz',
} as const
