# Words that several rooms use.
side-provider = provider 側
side-consumer = consumer 側
minutes = 約 { $n } 分
