create or replace function lead_sync_private.normalise_phone(p_phone text, p_country text)
returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $fn$
declare
  -- An extension is no part of the number.
  v_text text := btrim(regexp_replace(p_phone, '\s*(ext\.?|x|#)\s*\d*\s*$', '', 'i'));
  v_digits text := regexp_replace(v_text, '\D', '', 'g');
  v_result text;
begin
  if v_text ~ '[[:alpha:]]' then
    return nullif(btrim(p_phone), '');
  elsif v_text like '+%' then
    v_result := v_digits;
  elsif v_text like '00%' then
    v_result := substr(v_digits, 3);
  elsif p_country = '1' and length(v_digits) = 11 and v_digits like '1%' then
    v_result := v_digits;
  elsif p_country = '1' and length(v_digits) <> 10 then
    return nullif(btrim(p_phone), '');
  else
    v_result := p_country || regexp_replace(v_digits, '^0', '');
  end if;
  if length(v_result) not between 8 and 15 then
    return nullif(btrim(p_phone), '');
  end if;
  return '+' || v_result;
end
$fn$;
revoke all on function lead_sync_private.normalise_phone(text, text) from public;
comment on function lead_sync_private.normalise_phone(text, text) is
'Bring a phone number to E.164; p_country is the calling code of numbers written without one.
Returns: +digits; the trimmed text where it is no number that can be dialled; null for blank.';
