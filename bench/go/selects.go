package main

// A select is written out: one function for each number of channels.

func select2(c []chan uint64) int {
	select {
	case <-c[0]:
		return 0
	case <-c[1]:
		return 1
	}
}

func select8(c []chan uint64) int {
	select {
	case <-c[0]:
		return 0
	case <-c[1]:
		return 1
	case <-c[2]:
		return 2
	case <-c[3]:
		return 3
	case <-c[4]:
		return 4
	case <-c[5]:
		return 5
	case <-c[6]:
		return 6
	case <-c[7]:
		return 7
	}
}

func select10(c []chan uint64) int {
	select {
	case <-c[0]:
		return 0
	case <-c[1]:
		return 1
	case <-c[2]:
		return 2
	case <-c[3]:
		return 3
	case <-c[4]:
		return 4
	case <-c[5]:
		return 5
	case <-c[6]:
		return 6
	case <-c[7]:
		return 7
	case <-c[8]:
		return 8
	case <-c[9]:
		return 9
	}
}

func select64(c []chan uint64) int {
	select {
	case <-c[0]:
		return 0
	case <-c[1]:
		return 1
	case <-c[2]:
		return 2
	case <-c[3]:
		return 3
	case <-c[4]:
		return 4
	case <-c[5]:
		return 5
	case <-c[6]:
		return 6
	case <-c[7]:
		return 7
	case <-c[8]:
		return 8
	case <-c[9]:
		return 9
	case <-c[10]:
		return 10
	case <-c[11]:
		return 11
	case <-c[12]:
		return 12
	case <-c[13]:
		return 13
	case <-c[14]:
		return 14
	case <-c[15]:
		return 15
	case <-c[16]:
		return 16
	case <-c[17]:
		return 17
	case <-c[18]:
		return 18
	case <-c[19]:
		return 19
	case <-c[20]:
		return 20
	case <-c[21]:
		return 21
	case <-c[22]:
		return 22
	case <-c[23]:
		return 23
	case <-c[24]:
		return 24
	case <-c[25]:
		return 25
	case <-c[26]:
		return 26
	case <-c[27]:
		return 27
	case <-c[28]:
		return 28
	case <-c[29]:
		return 29
	case <-c[30]:
		return 30
	case <-c[31]:
		return 31
	case <-c[32]:
		return 32
	case <-c[33]:
		return 33
	case <-c[34]:
		return 34
	case <-c[35]:
		return 35
	case <-c[36]:
		return 36
	case <-c[37]:
		return 37
	case <-c[38]:
		return 38
	case <-c[39]:
		return 39
	case <-c[40]:
		return 40
	case <-c[41]:
		return 41
	case <-c[42]:
		return 42
	case <-c[43]:
		return 43
	case <-c[44]:
		return 44
	case <-c[45]:
		return 45
	case <-c[46]:
		return 46
	case <-c[47]:
		return 47
	case <-c[48]:
		return 48
	case <-c[49]:
		return 49
	case <-c[50]:
		return 50
	case <-c[51]:
		return 51
	case <-c[52]:
		return 52
	case <-c[53]:
		return 53
	case <-c[54]:
		return 54
	case <-c[55]:
		return 55
	case <-c[56]:
		return 56
	case <-c[57]:
		return 57
	case <-c[58]:
		return 58
	case <-c[59]:
		return 59
	case <-c[60]:
		return 60
	case <-c[61]:
		return 61
	case <-c[62]:
		return 62
	case <-c[63]:
		return 63
	}
}

func send2(c []chan uint64, value uint64) {
	select {
	case c[0] <- value:
	case c[1] <- value:
	}
}

func send10(c []chan uint64, value uint64) {
	select {
	case c[0] <- value:
	case c[1] <- value:
	case c[2] <- value:
	case c[3] <- value:
	case c[4] <- value:
	case c[5] <- value:
	case c[6] <- value:
	case c[7] <- value:
	case c[8] <- value:
	case c[9] <- value:
	}
}
