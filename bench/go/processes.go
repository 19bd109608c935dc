package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
)

// As processes.rs: each blocks on an unbuffered channel of its own, is given a value and ends.
func processes(count int) result {
	outputs := make([]chan uint64, 0, count)
	var blocked atomic.Int64
	var ended sync.WaitGroup
	ended.Add(count)
	before := resident()
	begin := now()
	for range count {
		channel := make(chan uint64)
		outputs = append(outputs, channel)
		go func() {
			blocked.Add(1)
			<-channel
			ended.Done()
		}()
	}
	for blocked.Load() < int64(count) {
		runtime.Gosched()
	}
	created := now()
	bytes := resident() - before
	for _, channel := range outputs {
		channel <- 1
	}
	ended.Wait()
	measured := since(begin, count)
	each := func(total float64) float64 { return total / float64(count) }
	create := float64((created - begin).Nanoseconds())
	wake := float64(measured.elapsed.Nanoseconds()) - create
	measured.more = fmt.Sprintf(
		"bytes=%.1f create=%.1f wake=%.1f", each(float64(bytes)), each(create), each(wake),
	)
	return measured
}

// Bytes of memory that this process has.
func resident() int {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		fail(err.Error())
	}
	for _, line := range strings.Split(string(status), "\n") {
		if rest, found := strings.CutPrefix(line, "VmRSS:"); found {
			return number(strings.Fields(rest)[0]) * 1024
		}
	}
	fail("no VmRSS")
	return 0
}
