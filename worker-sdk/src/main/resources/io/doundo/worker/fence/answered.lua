if f.at == ARGV[1] .. ':' .. ARGV[2] and f.o == 'OK' and redis.call('HDEL', rec, 'r') == 1 then
  put('rs', '1')
end
