-- An answer was acknowledged. Without the prelude, because it is run for each answer: the fields are told there.
local function acknowledge(record, number, owner, due, tolerance, margin, retention)
  local mine = number .. ':' .. owner
  local kept = redis.call('HMGET', record, 'at', 'st', 'o', 'k', 'ug', 'a', 'rt', 'e', 'rs', 'lo', 'uf')
  if kept[10] == mine then
    redis.call('HDEL', record, 'lo')
  end
  if kept[1] ~= mine then
    return
  end

  local state, outcome = kept[2], kept[3]
  local sent = kept[9]
  local success = outcome == 'OK' or outcome == 'UNCHANGED' or outcome == 'UNCHANGED_IN_DOUBT'
  local dropped = success and redis.call('HDEL', record, 'r') == 1

  -- An answer that was acknowledged before its deadline ends the attempts of the step. From its deadline on no DO
  -- begins, so that the record need not outlive it by more than the clocks may differ; it is written anew, because a
  -- hash that was once large stays so.
  local left = 0
  if due ~= '' and not kept[4] and not kept[5] and (state == 'DONE' or state == 'FAILED') then
    left = tonumber(due) - millis()
  end
  if left <= tolerance then
    if dropped then
      redis.call('HSET', record, 'rs', '1')
    end
    return
  end
  redis.call('DEL', record)
  if dropped or sent then
    redis.call('HSET', record, 'st', state, 'o', outcome, 'a', kept[6], 'rs', dropped and '1' or sent)
  else
    redis.call('HSET', record, 'st', state, 'o', outcome, 'a', kept[6])
  end
  if kept[7] == '0' then
    redis.call('HSET', record, 'rt', '0')
  end
  if kept[11] then
    redis.call('HSET', record, 'uf', '1')
  end
  if kept[8] then
    redis.call('HSET', record, 'e', kept[8])
  end
  redis.call('PEXPIRE', record, string.format('%.0f', math.min(left + margin, retention)))
end

