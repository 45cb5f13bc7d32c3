-- Makes the calls of a file (a line each: path, tab, body) in turn; says in JSON what came of them.
-- wrk … -s calls.lua URL -- METHOD FILE

local calls, number = {}, 0

function init(arguments)
   for line in io.lines(arguments[2]) do
      local path, body = line:match("^([^\t]*)\t?(.*)$")
      calls[#calls + 1] = wrk.format(arguments[1], path, nil, body ~= "" and body or nil)
   end
end

function request()
   number = number % #calls + 1
   return calls[number]
end

function done(summary, latency, _)
   local errors = summary.errors
   print(string.format(
      'RESULT {"calls": %d, "seconds": %f, "p50": %f, "p99": %f, "refused": %d, "broken": %d}',
      summary.requests, summary.duration / 1e6,
      latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
      errors.status, errors.connect + errors.read + errors.write + errors.timeout
   ))
end
