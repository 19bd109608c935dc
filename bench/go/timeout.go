package main

import "time"

// Each receive of a stream may take a minute, or as long as it likes.
func timeout(limited bool) scenario {
	return func(count int) result {
		values := make(chan uint64)
		go func() {
			for i := range count {
				values <- uint64(i)
			}
		}()
		begin := now()
		for range count {
			if !limited {
				<-values
				continue
			}
			timer := time.NewTimer(time.Minute)
			select {
			case <-values:
			case <-timer.C:
				fail("the timeout fired")
			}
			timer.Stop()
		}
		return since(begin, count)
	}
}
