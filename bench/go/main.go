// The scenarios in Go; `bench SCENARIO CASE MILLIS full|quick` measures one and prints one line.
package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"syscall"
	"time"
)

// A scenario does its thing count times and says how long that took, and more figures.
type scenario func(count int) result

type result struct {
	elapsed time.Duration
	count   int
	more    string
}

func main() {
	if len(os.Args) != 5 {
		fail("SCENARIO CASE MILLIS full|quick")
	}
	name, argument, quick := os.Args[1], os.Args[2], os.Args[4] == "quick"
	millis, err := strconv.Atoi(os.Args[3])
	if err != nil {
		fail(err.Error())
	}
	run, fixed := find(name, argument)
	if run == nil {
		fail("not written in Go: " + name + "/" + argument)
	}
	var measured result
	if fixed > 0 {
		if quick {
			fixed /= 10
		}
		measured = run(fixed)
	} else {
		measured = calibrated(time.Duration(millis)*time.Millisecond, run)
	}
	perOne := float64(measured.elapsed.Nanoseconds()) / float64(measured.count)
	fmt.Printf("ns=%.3f %s\n", perOne, measured.more)
}

func find(name, argument string) (scenario, int) {
	switch name {
	case "commstime":
		return commstime(argument == "parallel"), 0
	case "pingpong":
		return pingpong, 0
	case "stream":
		return stream(number(argument)), 0
	case "dispatch":
		return dispatch, 0
	case "many":
		return many(argument == "4x4"), 0
	case "choice":
		return choice(argument), 0
	case "stressed":
		return stressed, 0
	case "prodcons":
		return prodcons(argument), 0
	case "timeout":
		return timeout(argument == "waiting"), 0
	case "processes":
		return processes, 1_000_000
	}
	return nil, 0
}

func number(text string) int {
	value, err := strconv.Atoi(text)
	if err != nil {
		fail(err.Error())
	}
	return value
}

func fail(why string) {
	fmt.Fprintln(os.Stderr, why)
	os.Exit(1)
}

// As the Rust harness: growing counts until one run takes long enough to be believed.
func calibrated(target time.Duration, run scenario) result {
	count := 500
	for {
		measured := run(count)
		if measured.elapsed >= target*7/10 {
			return measured
		}
		factor := 1.1 * float64(target) / float64(max(measured.elapsed, 1))
		count = int(float64(count) * min(max(factor, 1.2), 10))
	}
}

// The time used by this process on one processor, the wall's on several.
func now() time.Duration {
	if runtime.GOMAXPROCS(0) > 1 {
		return time.Since(start)
	}
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		fail(err.Error())
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

var start = time.Now()

func since(begin time.Duration, count int) result {
	return result{elapsed: now() - begin, count: count}
}
