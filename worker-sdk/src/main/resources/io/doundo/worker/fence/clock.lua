-- The clock of this server in milliseconds, read once in a script; the parts are kept for the number of a token.
local seconds, micros
local function millis()
  if not seconds then
    local time = redis.call('TIME')
    seconds, micros = tonumber(time[1]), tonumber(time[2])
  end
  return seconds * 1000 + math.floor(micros / 1000)
end

