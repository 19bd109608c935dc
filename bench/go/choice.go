package main

import (
	"reflect"
	"strings"
)

// A choice over N channels: `rr/N` with one sender that goes round them, `stressed/N` with a sender
// for each. Over 1,024 by reflection, which is how Go chooses among a number known at run time.
// `exchange`: two that each choose between a send to the other and a receive from it.
func choice(argument string) scenario {
	if argument == "exchange" {
		return exchange
	}
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
		return chosen(chooser(channels), count)
	}
}

func exchange(count int) result {
	there, back := make(chan uint64), make(chan uint64)
	other := either(back, there)
	go func() {
		for {
			other()
		}
	}()
	return chosen(either(there, back), count)
}

func either(output, input chan uint64) func() int {
	next := uint64(0)
	return func() int {
		select {
		case output <- next:
			next++
			return 0
		case <-input:
			return 1
		}
	}
}

func chosen(choose func() int, count int) result {
	for range 10 {
		choose()
	}
	begin := now()
	for range count {
		choose()
	}
	return since(begin, count)
}

// Ten channels, a thousand writers at each.
func stressed(count int) result {
	channels := make([]chan uint64, 10)
	for i := range channels {
		channels[i] = make(chan uint64)
		for range 1000 {
			go func() {
				for {
					channels[i] <- 0
				}
			}()
		}
	}
	return chosen(chooser(channels), count)
}

// `plain`, `alt/N` with the consumer choosing, `altalt/N` with the producer choosing as well.
func prodcons(argument string) scenario {
	if argument == "plain" {
		return stream(0)
	}
	order, size, _ := strings.Cut(argument, "/")
	if order == "alt" {
		return choice("rr/" + size)
	}
	n := number(size)
	return func(count int) result {
		channels := make([]chan uint64, n)
		for i := range channels {
			channels[i] = make(chan uint64)
		}
		go func() {
			send := sender(channels)
			for i := range count + 10 {
				send(uint64(i))
			}
		}()
		return chosen(chooser(channels), count)
	}
}

func sender(channels []chan uint64) func(uint64) {
	switch len(channels) {
	case 2:
		return func(value uint64) { send2(channels, value) }
	case 10:
		return func(value uint64) { send10(channels, value) }
	}
	fail("no select of sends is written for so many channels")
	return nil
}

func chooser(channels []chan uint64) func() int {
	switch len(channels) {
	case 2:
		return func() int { return select2(channels) }
	case 8:
		return func() int { return select8(channels) }
	case 10:
		return func() int { return select10(channels) }
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
