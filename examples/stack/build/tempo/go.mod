// Pins the one Tempo that the stack builds, and go.sum its content: this version is not in the checksum database.
module mcp-sessionscope/stack/tempo

go 1.24.3

require github.com/grafana/tempo v1.5.1-0.20250529124718-87c2dc380cec
