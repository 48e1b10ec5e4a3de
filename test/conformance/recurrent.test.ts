/** SimpleRNN, LSTM, GRU and BookLSTM, alone, stacked and in both directions, against Keras. */
import { describeTopic } from './keras_topic.ts';

describeTopic('simple-rnn');
describeTopic('lstm');
describeTopic('gru');
describeTopic('gru-reset-before');
describeTopic('book-lstm');
describeTopic('book-lstm-new');
describeTopic('recurrent-options');
describeTopic('stacked');
describeTopic('bidirectional');
