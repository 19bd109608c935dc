package main

import "sync"

// Prefix, Delta2, Successor and the measuring Consumer, as in commstime.rs. The ring is left blocked
// when the consumer has seen enough: to ask at each step whether it has would cost a select.
func commstime(parallel bool) scenario {
	return func(count int) result {
		toDelta, toSuccessor := make(chan uint64), make(chan uint64)
		toPrefix, toConsumer := make(chan uint64), make(chan uint64)
		go func() {
			toDelta <- 0
			for value := range toPrefix {
				toDelta <- value
			}
		}()
		go func() {
			for value := range toDelta {
				if parallel {
					var both sync.WaitGroup
					both.Add(1)
					go func() {
						toConsumer <- value
						both.Done()
					}()
					toSuccessor <- value
					both.Wait()
				} else {
					toConsumer <- value
					toSuccessor <- value
				}
			}
		}()
		go func() {
			for value := range toSuccessor {
				toPrefix <- value + 1
			}
		}()
		for i := 0; i < 10; i++ {
			<-toConsumer
		}
		begin := now()
		for i := 0; i < count; i++ {
			<-toConsumer
		}
		return since(begin, count)
	}
}

func pingpong(count int) result {
	there, back := make(chan uint64), make(chan uint64)
	go func() {
		for value := range there {
			back <- value
		}
	}()
	defer close(there)
	var begin = now()
	for i := 0; i < count+10; i++ {
		if i == 10 {
			begin = now()
		}
		there <- uint64(i)
		<-back
	}
	return since(begin, count)
}

func stream(capacity int) scenario {
	return func(count int) result {
		values := make(chan uint64, capacity)
		go func() {
			for i := 0; i < count+10; i++ {
				values <- uint64(i)
			}
		}()
		for i := 0; i < 10; i++ {
			<-values
		}
		begin := now()
		for i := 0; i < count; i++ {
			<-values
		}
		return since(begin, count)
	}
}
