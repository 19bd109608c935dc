package main

import (
	"reflect"
	"strings"
)

// A choice over N channels: `rr/N` with one sender that goes round them, `stressed/N` with a sender
// for each. Over 1,024 by reflection, which is how Go chooses among a number known at run time.
func choice(argument string) scenario {
	order, size, _ := strings.Cut(argument, "/")
	n := number(size)
	return func(count int) result {
		channels := make([]chan uint64, n)
		for i := range channels {
			channels[i] = make(chan uint64)
		}
		if order == "rr" {
			go func() {
				for i := 0; i < count+10; i++ {
					channels[i%n] <- uint64(i)
				}
			}()
		} else {
			for _, channel := range channels {
				go func() {
					for {
						channel <- 0
					}
				}()
			}
		}
		choose := chooser(channels)
		for i := 0; i < 10; i++ {
			choose()
		}
		begin := now()
		for i := 0; i < count; i++ {
			choose()
		}
		return since(begin, count)
	}
}

func chooser(channels []chan uint64) func() int {
	switch len(channels) {
	case 2:
		return func() int { return select2(channels) }
	case 8:
		return func() int { return select8(channels) }
	case 64:
		return func() int { return select64(channels) }
	}
	cases := make([]reflect.SelectCase, len(channels))
	for i, channel := range channels {
		cases[i] = reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(channel)}
	}
	return func() int {
		chosen, _, _ := reflect.Select(cases)
		return chosen
	}
}
