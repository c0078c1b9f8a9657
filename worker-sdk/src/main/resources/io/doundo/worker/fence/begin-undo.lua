local owner, generation, command = ARGV[1], tonumber(ARGV[2]), ARGV[3]
local lease, limit, effect = tonumber(ARGV[4]), tonumber(ARGV[5]), ARGV[6]
local firstSent, tolerance, margin = ARGV[7], tonumber(ARGV[8]), tonumber(ARGV[11])
retention, doubtRetention = tonumber(ARGV[9]), tonumber(ARGV[10])

if ARGV[12] == '1' then
  f.uf = '1'
  if f.st then
    put('uf', '1')
  end
end

local rank = {FAILED = 1, UNKNOWN = 2, DONE = 3}

local function strongest(one, other)
  return rank[one] >= rank[other] and one or other
end

local function running(known)
  local result = false
  if known == 'DONE' then
    result = redis.call('HGET', rec, 'r')
  end
  return {'RUN', token(), known, result}
end

local function run(known, prior)
  nextToken(owner, lease, limit)
  if f.ug then
    put('pg', f.ug)
  end
  if generation > tonumber(f.ug or '0') then
    -- Its sender waits for the answer; of the same generation, it may have stopped waiting.
    drop('lo')
  end
  drop('vf', 'iv', 'ch', 'l')
  if f.uf then
    put('uf', '1')
  end
  put('pr', prior, 'ux', known, 'uc', command, 'ug', text(math.max(generation, tonumber(f.ug or '0'))))
  becomes('UNDOING')
  return running(known)
end

-- An UNDO that fails must leave something to come back to: absence would let a late DO run.
local function runInDoubt(known)
  if f.st ~= 'IN_DOUBT' then
    answerGoes()
    put('d', '1', 'o', 'UNKNOWN', 'rt', '1', 'e', 'the outcome of the DO is unknown', 'at', '0:')
    drop('r', 'rs')
  end
  return run(known, 'IN_DOUBT')
end

local function tombstone()
  nextToken(owner, lease, limit)
  answerGoes()
  drop('lu', 'lm', 'vf', 'iv', 'ch', 'd', 'e', 'r', 'rs', 'l', 'lo', 'b')
  f.b = nil
  if f.uf then
    put('uf', '1')
  end
  put('ug', text(math.max(generation, tonumber(f.ug or '0'))), 'o', 'UNDONE_EMPTY', 'rt', '1', 'at', token())
  becomes('UNDONE')
  local reply = answer('UNDONE_EMPTY', '1')
  reply[7] = token()
  return reply
end

if f.um and f.um == command and command ~= '' and f.st ~= 'UNDOING' then
  return {'REPLY', 'UNKNOWN', '1', f.ue, false, '0', f.ut, '1', '0'}
elseif not f.st then
  if effect == 'UNKNOWN' and neverBegan(firstSent, tolerance, margin) then
    return tombstone()
  end
  if not nothingForgotten(firstSent, tolerance) then
    -- What was forgotten may be another UNDO, which has succeeded, and this one may fail.
    put('b', '1', 'k', '1')
  end
  return runInDoubt(effect)
elseif f.st == 'DOING' then
  if leaseLives() then
    put('iv', '1')
    return {'WAIT', text(tonumber(f.lu) - now)}
  end
  return runInDoubt(strongest(effect, 'UNKNOWN'))
elseif f.st == 'DONE' then
  return run('DONE', 'DONE')
elseif f.st == 'FAILED' then
  if effect == 'DONE' then
    return run('DONE', 'FAILED')
  elseif effect == 'FAILED' then
    return run('FAILED', 'FAILED')
  elseif not nothingForgotten(firstSent, tolerance) then
    return runInDoubt('UNKNOWN')
  elseif f.uf then
    return run('FAILED', 'FAILED')
  end
  return tombstone()
elseif f.st == 'IN_DOUBT' then
  return runInDoubt(strongest(effect, 'UNKNOWN'))
elseif f.st == 'UNDONE' then
  if generation <= tonumber(f.ug) and not f.lo then
    return storedAnswer()
  end
  return run(f.l and strongest(f.l, effect) or effect, 'UNDONE')
end

-- UNDOING
if f.to == owner then
  grantAgain(lease, limit)
  return running(f.ux)
elseif leaseLives() then
  return {'WAIT', text(tonumber(f.lu) - now)}
end
local known = strongest(f.ux, effect)
if f.l then
  known = strongest(known, f.l)
end
nextToken(owner, lease, limit)
put('ux', known, 'uc', command, 'ug', text(math.max(generation, tonumber(f.ug))))
becomes('UNDOING')
return running(known)
