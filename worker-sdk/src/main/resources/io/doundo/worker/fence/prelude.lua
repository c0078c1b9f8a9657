-- Shared by all scripts of the fence. A script is one transition of one step's record.
--
-- KEYS[1]  the record: one hash for each flow and step
-- KEYS[2]  since when absence of a record is evidence: "<run_id><master_replid>:<ms>"
-- KEYS[3]  the records that are in doubt, a sorted set by when they are forgotten; only counted
--
-- Fields of the record. All times are milliseconds of this server's clock.
--   st  DOING, DONE, FAILED (clean), IN_DOUBT (both may be settled as unchanged), UNDOING, UNDONE (also a tombstone)
--   tn  number of the latest token            to  its owner
--   lu  the lease ends                        lm  it cannot be renewed past this
--   a   latest DO attempt                     d   1: an earlier run may have had its effect
--   vf  1: the run asks the outside world     iv  1: an UNDO waits for the DO to end
--   ch  number of the oldest token whose work the later runs repeat or include
--   o   outcome of the stored answer          at  token that gave it
--   rt  0: not to be retried                  e   its error
--   r   its result                            rs  1: dropped, because it was acknowledged
--   ug  generation of the latest UNDO         pg  that before a repeated UNDO
--   pr  state before UNDOING                  ux  what the UNDO was told of the effect
--   uc  command of the latest UNDO            ut  token of an UNDO that threw
--   um  command of an UNDO that threw         ue  its error
--   k   1: another run may still come back, or notes are kept: the record stays for the full retention
--   l   an effect landed after its run had lost the step: DONE or UNKNOWN
--   lt  token of that run                     lo  the same, until its answer is acknowledged or an UNDO that began
--                                                 later has settled; while such an UNDO runs there is no l
--   dt  tokens of runs of the DO that have ended and that neither at nor lt names any more: the latest eight
--   db  number of a token: every run of the DO before it has ended, and its answer was acknowledged
--   uf  1: a DO that fails may leave something behind
--   b   1: an UNDO may have been there before the run began, and been forgotten
--   n:… notes of the handlers

local rec, epoch, doubts = KEYS[1], KEYS[2], KEYS[3]
local clock = redis.call('TIME')
local now = tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
local names = {'st', 'tn', 'to', 'lu', 'lm', 'a', 'd', 'vf', 'iv', 'ch', 'o', 'at', 'rt', 'e', 'rs', 'ug', 'pg',
  'pr', 'ux', 'uc', 'ut', 'um', 'ue', 'k', 'l', 'lt', 'lo', 'uf', 'b', 'dt', 'db'}
local f = {}
do
  local values = redis.call('HMGET', rec, unpack(names))
  for i, name in ipairs(names) do
    f[name] = values[i] or nil
  end
end

local function text(number)
  return string.format('%.0f', number)
end

local function put(...)
  redis.call('HSET', rec, ...)
end

local function drop(...)
  redis.call('HDEL', rec, ...)
end

-- Of an acknowledged record, which keeps no token, it is nobody's.
local function token()
  return (f.tn or '0') .. ':' .. (f.to or '')
end

-- Milliseconds; each script that changes the state sets them.
local retention, doubtRetention

local isCounted = f.st == 'IN_DOUBT'

-- The set is only counted: a server that refuses it, to a user without these permissions, stops no step.
local function count(state)
  if state == 'IN_DOUBT' then
    redis.pcall('ZREMRANGEBYSCORE', doubts, '-inf', text(now))
    redis.pcall('ZADD', doubts, text(now + doubtRetention), rec)
    redis.pcall('PEXPIRE', doubts, text(doubtRetention))
  elseif isCounted then
    redis.pcall('ZREM', doubts, rec)
  end
  isCounted = state == 'IN_DOUBT'
end

-- What is settled outlives every redelivery; what is in doubt, or was left in the middle, lives until somebody has
-- had the time to care for it. Nothing lives for ever.
local function becomes(state)
  put('st', state)
  count(state)
  if state == 'DOING' or state == 'UNDOING' then
    redis.call('PEXPIRE', rec, text(tonumber(f.lm) - now + doubtRetention))
  else
    redis.call('PEXPIRE', rec, text(state == 'IN_DOUBT' and doubtRetention or retention))
  end
end

-- A run of the DO has ended, and its token is about to leave the record. Its ending may still be repeated, when the
-- reply was lost.
local function hasEnded(run)
  if not run or run == '0:' or (f.dt and string.find(' ' .. f.dt .. ' ', ' ' .. run .. ' ', 1, true)) then
    return
  end
  local runs = f.dt and (f.dt .. ' ' .. run) or run
  local _, others = string.gsub(runs, ' ', ' ')
  if others >= 8 then
    runs = string.gsub(runs, '^[^ ]* ', '', 1)
  end
  f.dt = runs
  put('dt', runs)
end

-- The stored answer is about to be replaced.
local function answerGoes()
  if f.o ~= 'UNDONE' and f.o ~= 'UNDONE_EMPTY' then
    hasEnded(f.at)
  end
end

-- Hands out the next token. It rises across a loss of this record too, as far as the clock does.
local function nextToken(owner, lease, limit)
  local number = math.max(tonumber(f.tn or '0') + 1, tonumber(clock[1]) * 1000000 + tonumber(clock[2]))
  if f.st and not f.tn then
    -- Of an acknowledged record. No run but the one that was acknowledged can come back to it.
    f.db = text(number)
    put('db', f.db)
  end
  f.tn, f.to, f.lm = text(number), owner, text(now + limit)
  put('tn', f.tn, 'to', owner, 'lu', text(now + math.min(lease, limit)), 'lm', f.lm)
end

-- Its first grant did not reach the owner, whose run begins only now.
local function grantAgain(lease, limit)
  put('lu', text(now + math.min(lease, limit)), 'lm', text(now + limit))
end

local function leaseLives()
  return now < tonumber(f.lu)
end

local function answer(outcome, retryable, error)
  return {'REPLY', outcome, retryable, error or '', false, '0', '0:', '0', f.b or '0'}
end

local function storedAnswer()
  local success = f.o == 'OK' or f.o == 'UNCHANGED' or f.o == 'UNCHANGED_IN_DOUBT'
  local result = success and redis.call('HGET', rec, 'r')
  return {'REPLY', f.o, f.rt or '1', f.e or '', result, f.rs or '0', f.at or '0:', '1', f.b or '0'}
end

-- Which server this is, in which life and with whose data: both change with a restart, and the second with every
-- promotion of a replica, also with one that led away and back again.
local function incarnation()
  return (string.match(redis.call('INFO', 'server'), 'run_id:(%w+)') or '')
    .. (string.match(redis.call('INFO', 'replication'), 'master_replid:(%w+)') or '')
end

-- Since when the absence of a record proves something: since this server began to run, or was
-- emptied, at the latest since somebody noticed. Also the text of the mark.
local function evidenceSince()
  local me = incarnation()
  local known = redis.call('GET', epoch)
  if known then
    local knownMe, since = string.match(known, '^(%w*):(%d+)$')
    if knownMe == me then
      return tonumber(since), known
    end
  end
  local mark = me .. ':' .. text(now)
  redis.call('SET', epoch, mark)
  return now, mark
end

-- Whether nothing that was done for the step can have been forgotten.
local function nothingForgotten(firstSent, tolerance)
  return firstSent ~= '' and tonumber(firstSent) - tolerance >= (evidenceSince())
end

-- Whether an acknowledged record of what was sent then cannot have expired yet.
local function isRemembered(sent, tolerance, margin)
  return now < tonumber(sent) + margin - tolerance
end

-- Whether the absence of a record proves that no run of the step has begun: nothing was lost, and it is too early for
-- an acknowledged record to have expired.
local function neverBegan(firstSent, tolerance, margin)
  return nothingForgotten(firstSent, tolerance) and isRemembered(firstSent, tolerance, margin)
end

