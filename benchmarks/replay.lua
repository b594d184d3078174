-- Replays prepared requests with wrk, in order and from the start again: wrk ... -s replay.lua URL -- FILE
-- FILE: for each request eight decimal digits (its length in bytes), then the request as it goes over the wire.
-- Prints one line of JSON at the end; times are in microseconds.

local requests, position = {}, 0

function init(arguments)
    local file = assert(io.open(arguments[1], "rb"))
    local data = file:read("*a")
    file:close()
    local offset = 1
    while offset <= #data do
        local length = tonumber(data:sub(offset, offset + 7))
        requests[#requests + 1] = data:sub(offset + 8, offset + 7 + length)
        offset = offset + 8 + length
    end
end

function request()
    position = position + 1
    if position > #requests then
        position = 1
    end
    return requests[position]
end

function done(summary, latency, _)
    local errors = summary.errors
    io.write(
        string.format(
            'RESULT {"requests": %d, "duration": %d, "bytes": %d, "refused": %d, "broken": %d, '
                .. '"p50": %d, "p99": %d, "p999": %d, "most": %d}\n',
            summary.requests,
            summary.duration,
            summary.bytes,
            errors.status,
            errors.connect + errors.read + errors.write + errors.timeout,
            latency:percentile(50),
            latency:percentile(99),
            latency:percentile(99.9),
            latency.max
        )
    )
end
