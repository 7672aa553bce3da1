-- For wrk: asks for the paths of a file, one a line, in turn; tells what came of it in one line of numbers.

local requests, turn = {}, 0

function init(args)
  for path in io.lines(args[1]) do requests[#requests + 1] = wrk.format("GET", path) end
end

function request()
  turn = turn % #requests + 1
  return requests[turn]
end

function done(summary, latency)
  local e = summary.errors
  local wrong = e.connect + e.read + e.write + e.status + e.timeout
  print(string.format("measured %d %d %d %d %d", summary.requests, summary.duration, summary.bytes, wrong, latency:percentile(99)))
end
